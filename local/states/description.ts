import { randomUUID } from 'node:crypto'
import type { BusEvent } from '#local/types.ts'
import type { ExecutionRow } from './execution-log.ts'

const REDRIVABLE_MS = 14 * 24 * 3600 * 1000

export const seconds = (milliseconds: number) => milliseconds / 1000

/** Why the execution cannot be redriven now; undefined when it can. */
export function notRedrivable(row: ExecutionRow, now: number): string | undefined {
  if (row.status === 'RUNNING' || row.status === 'SUCCEEDED') {
    return `Execution is ${row.status} and cannot be redriven`
  }
  return now - row.start_ms > REDRIVABLE_MS ? 'Execution redrivable period exceeded' : undefined
}

function redriveFields(row: ExecutionRow, now: number) {
  const reason = notRedrivable(row, now)
  return {
    redriveCount: row.redrive_count,
    redriveStatus: reason ? 'NOT_REDRIVABLE' : 'REDRIVABLE',
    ...(reason ? { redriveStatusReason: reason } : {}),
  }
}

/** DescribeExecution: what an execution does not have is absent, not null. */
export function describe(row: ExecutionRow, now = Date.now()): Record<string, unknown> {
  return {
    executionArn: row.arn,
    stateMachineArn: row.machine,
    name: row.name,
    status: row.status,
    startDate: seconds(row.start_ms),
    ...(row.stop_ms === null ? {} : { stopDate: seconds(row.stop_ms) }),
    input: row.input,
    inputDetails: { included: true },
    ...(row.output === null ? {} : { output: row.output, outputDetails: { included: true } }),
    ...(row.error === null ? {} : { error: row.error }),
    ...(row.cause === null ? {} : { cause: row.cause }),
    ...redriveFields(row, now),
    ...(row.redrive_ms === null ? {} : { redriveDate: seconds(row.redrive_ms) }),
  }
}

/** One line of ListExecutions. */
export function listed(row: ExecutionRow): Record<string, unknown> {
  return {
    executionArn: row.arn,
    stateMachineArn: row.machine,
    name: row.name,
    status: row.status,
    startDate: seconds(row.start_ms),
    ...(row.stop_ms === null ? {} : { stopDate: seconds(row.stop_ms) }),
    redriveCount: row.redrive_count,
    ...(row.redrive_ms === null ? {} : { redriveDate: seconds(row.redrive_ms) }),
  }
}

/** Above this EventBridge's event would not fit: input and output are left out. */
const EVENT_DATA_LIMIT = 248 * 1024

// https://docs.aws.amazon.com/step-functions/latest/dg/eventbridge-integration.html
export function statusEvent(row: ExecutionRow, place: { region: string; account: string }): BusEvent {
  const included = Buffer.byteLength(row.input) + Buffer.byteLength(row.output ?? '') <= EVENT_DATA_LIMIT
  const now = Date.now()
  return {
    version: '0',
    id: randomUUID(),
    'detail-type': 'Step Functions Execution Status Change',
    source: 'aws.states',
    account: place.account,
    time: `${new Date(now).toISOString().slice(0, 19)}Z`,
    region: place.region,
    resources: [row.arn],
    detail: {
      executionArn: row.arn,
      stateMachineArn: row.machine,
      name: row.name,
      status: row.status,
      startDate: row.start_ms,
      stopDate: row.stop_ms,
      input: included ? row.input : null,
      output: included ? row.output : null,
      inputDetails: { included },
      outputDetails: row.output === null ? null : { included },
      error: row.error,
      cause: row.cause,
      stateMachineVersionArn: null,
      stateMachineAliasArn: null,
      redriveStatusReason: null,
      ...redriveFields(row, now),
      redriveDate: row.redrive_ms,
    },
  }
}
