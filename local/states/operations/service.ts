import { AwsError } from '#local/types.ts'
import type { Machine } from '../definition.ts'
import type { ExecutionRow } from '../execution-log.ts'
import type { Executions, Host } from '../live-executions.ts'
import { arn, type Input } from './request-fields.ts'

/** What the operations work on. */
export type Service = Host & {
  machines: Map<string, Machine>
  executions: Executions
  onDelete?: ((machineArn: string) => void) | undefined
}

export type Operation = (service: Service, input: Input) => unknown

export function findMachine(service: Service, machineArn: string): Machine {
  const machine = service.machines.get(machineArn)
  if (machine) return machine
  throw new AwsError('StateMachineDoesNotExist', `State Machine Does Not Exist: '${machineArn}'`)
}

export function findExecution(service: Service, input: Input): ExecutionRow {
  const executionArn = arn(input, 'executionArn')
  const row = service.log.find(executionArn)
  if (row) return row
  throw new AwsError('ExecutionDoesNotExist', `Execution Does Not Exist: '${executionArn}'`)
}
