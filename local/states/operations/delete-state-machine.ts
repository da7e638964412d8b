import { arn, type Input } from './request-fields.ts'
import type { Service } from './service.ts'

/** Answered also for what is not there. Executions that run go on to their end, as on AWS. */
export function deleteStateMachine(service: Service, input: Input) {
  const machineArn = arn(input, 'stateMachineArn')
  if (service.machines.delete(machineArn)) service.onDelete?.(machineArn)
  return {}
}
