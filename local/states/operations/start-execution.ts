import { randomUUID } from 'node:crypto'
import { AwsError } from '#local/types.ts'
import type { Machine } from '../definition.ts'
import { seconds } from '../description.ts'
import { DATA_LIMIT } from '../flow.ts'
import { arn, type Input, optionalText } from './request-fields.ts'
import { type Desk, findMachine } from './service.ts'

// https://docs.aws.amazon.com/step-functions/latest/apireference/API_StartExecution.html
// biome-ignore lint/suspicious/noControlCharactersInRegex: AWS refuses exactly these
const REFUSED_IN_NAMES = /[\s<>{}[\]?*"#%\\^|~`$&,;:/\u0000-\u001f\u007f-\u009f\ufffe\uffff]/

export function startExecution(desk: Desk, input: Input): { executionArn: string; startDate: number } {
  const machine = findMachine(desk, arn(input, 'stateMachineArn'))
  const name = optionalText(input, 'name') ?? randomUUID()
  if (name === '' || name.length > 80 || REFUSED_IN_NAMES.test(name)) {
    throw new AwsError('InvalidName', `Invalid Name: '${name}'`)
  }
  const data = optionalText(input, 'input') ?? '{}'
  const value = parseInput(data)
  const executionArn = `${machine.arn.replace(':stateMachine:', ':execution:')}:${name}`
  const existing = desk.store.find(executionArn)
  if (existing) {
    if (existing.status === 'RUNNING' && existing.input === data) {
      return { executionArn, startDate: seconds(existing.start_ms) }
    }
    throw new AwsError('ExecutionAlreadyExists', `Execution Already Exists: '${executionArn}'`)
  }
  const startDate = begin(desk, machine, { executionArn, name, data, value })
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

type Fresh = { executionArn: string; name: string; data: string; value: unknown }

function begin(desk: Desk, machine: Machine, fresh: Fresh): number {
  const start_ms = Date.now()
  const columns = {
    arn: fresh.executionArn,
    machine: machine.arn,
    name: fresh.name,
    input: fresh.data,
    start_ms,
  }
  desk.store.insert(columns, machine.definition)
  const row = desk.store.find(fresh.executionArn)
  if (!row) throw new Error(`the execution ${fresh.executionArn} was written but cannot be read`)
  const details = { input: fresh.data, inputDetails: { truncated: false }, roleArn: machine.roleArn }
  desk.executions.launch({
    row,
    machine,
    body: machine.body,
    start: { at: machine.body.StartAt, data: fresh.value },
    first: { type: 'ExecutionStarted', details: { executionStartedEventDetails: details } },
    lastEvent: 0,
  })
  return start_ms
}
