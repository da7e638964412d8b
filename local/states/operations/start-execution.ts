import { randomUUID } from 'node:crypto'
import { AwsError } from '#local/types.ts'
import type { Machine } from '../definition.ts'
import { seconds } from '../description.ts'
import { DATA_LIMIT } from '../flow.ts'
import { arn, type Input, optionalText } from './request-fields.ts'
import { findMachine, type Service } from './service.ts'

// https://docs.aws.amazon.com/step-functions/latest/apireference/API_StartExecution.html
// biome-ignore lint/suspicious/noControlCharactersInRegex: AWS refuses exactly these
const REFUSED_IN_NAMES = /[\s<>{}[\]?*"#%\\^|~`$&,;:/\u0000-\u001f\u007f-\u009f\ufffe\uffff]/

export function startExecution(service: Service, input: Input): { executionArn: string; startDate: number } {
  const machine = findMachine(service, arn(input, 'stateMachineArn'))
  const name = optionalText(input, 'name') ?? randomUUID()
  if (name === '' || name.length > 80 || REFUSED_IN_NAMES.test(name)) {
    throw new AwsError('InvalidName', `Invalid Name: '${name}'`)
  }
  const data = optionalText(input, 'input') ?? '{}'
  const value = parseInput(data)
  const executionArn = `${machine.arn.replace(':stateMachine:', ':execution:')}:${name}`
  const existing = service.log.find(executionArn)
  if (existing) {
    if (existing.status === 'RUNNING' && existing.input === data) {
      return { executionArn, startDate: seconds(existing.start_ms) }
    }
    throw new AwsError('ExecutionAlreadyExists', `Execution Already Exists: '${executionArn}'`)
  }
  const startDate = begin(service, machine, { executionArn, name, data, value })
  return { executionArn, startDate: seconds(startDate) }
}

function parseInput(data: string): unknown {
  if (Buffer.byteLength(data) > DATA_LIMIT) {
    throw new AwsError('InvalidExecutionInput', `Invalid Execution Input: 'more than ${DATA_LIMIT} bytes'`)
  }
  try {
    return JSON.parse(data)
  } catch (error) {
    throw new AwsError('InvalidExecutionInput', `Invalid Execution Input: '${(error as Error).message}'`)
  }
}

type NewExecution = { executionArn: string; name: string; data: string; value: unknown }

function begin(service: Service, machine: Machine, execution: NewExecution): number {
  const start_ms = Date.now()
  const columns = {
    arn: execution.executionArn,
    machine: machine.arn,
    name: execution.name,
    input: execution.data,
    start_ms,
  }
  service.log.insert(columns, machine.definition)
  const row = service.log.find(execution.executionArn)
  if (!row) throw new Error(`the execution ${execution.executionArn} was written but cannot be read`)
  const details = { input: execution.data, inputDetails: { truncated: false }, roleArn: machine.roleArn }
  service.executions.launch({
    row,
    machine,
    body: machine.body,
    start: { at: machine.body.StartAt, data: execution.value },
    first: { type: 'ExecutionStarted', details: { executionStartedEventDetails: details } },
    lastEvent: 0,
  })
  return start_ms
}
