import type { Operation } from './desk.ts'
import {
  describeExecution,
  describeStateMachine,
  describeStateMachineForExecution,
  listExecutions,
  listStateMachines,
  stopExecution,
} from './executions.ts'
import { getExecutionHistory } from './history.ts'
import { redriveExecution } from './redrive.ts'
import { startExecution } from './start.ts'
import { sendTaskFailure, sendTaskHeartbeat, sendTaskSuccess } from './tokens.ts'

export const operations: ReadonlyMap<string, Operation> = new Map<string, Operation>([
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
