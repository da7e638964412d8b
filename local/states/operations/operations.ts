import { deleteStateMachine } from './delete-state-machine.ts'
import { getExecutionHistory } from './execution-history.ts'
import {
  describeExecution,
  describeStateMachine,
  describeStateMachineForExecution,
  listExecutions,
  listStateMachines,
} from './lookups.ts'
import { redriveExecution } from './redrive-execution.ts'
import type { Operation } from './service.ts'
import { startExecution } from './start-execution.ts'
import { stopExecution } from './stop-execution.ts'
import { sendTaskFailure, sendTaskHeartbeat, sendTaskSuccess } from './task-results.ts'

export const operations: ReadonlyMap<string, Operation> = new Map<string, Operation>([
  ['DeleteStateMachine', deleteStateMachine],
  ['DescribeExecution', describeExecution],
  ['DescribeStateMachine', describeStateMachine],
  ['DescribeStateMachineForExecution', describeStateMachineForExecution],
  ['GetExecutionHistory', getExecutionHistory],
  ['ListExecutions', listExecutions],
  ['ListStateMachines', listStateMachines],
  ['RedriveExecution', redriveExecution],
  ['SendTaskFailure', sendTaskFailure],
  ['SendTaskHeartbeat', sendTaskHeartbeat],
  ['SendTaskSuccess', sendTaskSuccess],
  ['StartExecution', startExecution],
  ['StopExecution', stopExecution],
])
