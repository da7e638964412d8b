import { AwsError } from '#local/types.ts'
import type { Machine } from '../definition.ts'
import type { ExecutionRow } from '../execution-log.ts'
import type { Executions, Host } from '../live-executions.ts'
import { arn, type Input } from './request-fields.ts'

/** What the operations work on. */
export type Desk = Host & { machines: Map<string, Machine>; executions: Executions }

export type Operation = (desk: Desk, input: Input) => unknown

export function findMachine(desk: Desk, machineArn: string): Machine {
  const machine = desk.machines.get(machineArn)
  if (machine) return machine
  throw new AwsError('StateMachineDoesNotExist', `State Machine Does Not Exist: '${machineArn}'`)
}

export function findExecution(desk: Desk, input: Input): ExecutionRow {
  const executionArn = arn(input, 'executionArn')
  const row = desk.store.find(executionArn)
  if (row) return row
  throw new AwsError('ExecutionDoesNotExist', `Execution Does Not Exist: '${executionArn}'`)
}
