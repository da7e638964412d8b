import { AwsError } from '#local/types.ts'
import { describe, listed, seconds } from '../description.ts'
import type { Status } from '../execution-log.ts'
import { arn, type Input, optionalText, pageSize, readToken, writeToken } from './request-fields.ts'
import { findExecution, findMachine, type Service } from './service.ts'

export function describeExecution(service: Service, input: Input) {
  return describe(findExecution(service, input))
}

const STATUSES: readonly Status[] = ['RUNNING', 'SUCCEEDED', 'FAILED', 'TIMED_OUT', 'ABORTED']

export function listExecutions(service: Service, input: Input) {
  const machine = findMachine(service, arn(input, 'stateMachineArn'))
  const status = optionalText(input, 'statusFilter') ?? null
  if (status !== null && !STATUSES.includes(status as Status)) {
    throw new AwsError(
      'ValidationException',
      `'statusFilter' must be one of ${STATUSES.join(', ')}, but is '${status}'`,
    )
  }
  const limit = pageSize(input)
  const [ms, id] = readToken(input, 2) ?? []
  const before: [number, number] = [ms ?? Number.MAX_SAFE_INTEGER, id ?? 0]
  const rows = service.log.list(machine.arn, { status, before, limit: limit + 1 })
  const page = rows.slice(0, limit)
  const last = page.at(-1)
  const more = rows.length > limit && last
  return { executions: page.map(listed), ...(more ? { nextToken: writeToken(last.start_ms, last.id) } : {}) }
}

export function listStateMachines(service: Service, input: Input) {
  const limit = pageSize(input)
  const [from = 0] = readToken(input, 1) ?? []
  const all = [...service.machines.values()]
  const stateMachines = all.slice(from, from + limit).map((machine) => ({
    stateMachineArn: machine.arn,
    name: machine.name,
    type: machine.type,
    creationDate: seconds(machine.createdAt),
  }))
  return { stateMachines, ...(from + limit < all.length ? { nextToken: writeToken(from + limit) } : {}) }
}

export function describeStateMachine(service: Service, input: Input) {
  const machine = findMachine(service, arn(input, 'stateMachineArn'))
  return {
    stateMachineArn: machine.arn,
    name: machine.name,
    status: 'ACTIVE',
    definition: machine.definition,
    roleArn: machine.roleArn,
    type: machine.type,
    creationDate: seconds(machine.createdAt),
    loggingConfiguration: machine.loggingConfiguration ?? { level: 'OFF', includeExecutionData: false },
    tracingConfiguration: machine.tracingConfiguration ?? { enabled: false },
  }
}

/** The definition the execution was started with, which a later registration does not change. */
export function describeStateMachineForExecution(service: Service, input: Input) {
  const row = findExecution(service, input)
  const {
    creationDate,
    status: _status,
    type: _type,
    ...machine
  } = describeStateMachine(service, {
    stateMachineArn: row.machine,
  })
  const definition = service.log.definition(row.definition)
  const { Comment } = JSON.parse(definition) as Body & { Comment?: string }
  return {
    ...machine,
    definition,
    updateDate: creationDate,
    ...(Comment ? { label: Comment.slice(0, 64) } : {}),
  }
}
