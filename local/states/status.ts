import { statusEvent } from './description.ts'
import type { End, ExecutionRow } from './execution-log.ts'
import type { Host } from './live-executions.ts'

/** Publishes what the execution's row says now. A bus that throws costs the event, never the execution. */
export function publishStatus(host: Pick<Host, 'log' | 'region' | 'account' | 'publish'>, arn: string) {
  let row: ExecutionRow | undefined
  try {
    row = host.log.find(arn)
    if (row) host.publish(statusEvent(row, host))
  } catch (error) {
    console.error(`the status event of ${arn} could not be published: ${(error as Error).message}`)
  }
  return row
}

const ENDINGS = {
  RUNNING: 'ExecutionStarted',
  SUCCEEDED: 'ExecutionSucceeded',
  FAILED: 'ExecutionFailed',
  TIMED_OUT: 'ExecutionTimedOut',
  ABORTED: 'ExecutionAborted',
} as const

/**
 * The last event of an execution's history. An end from outside follows none of its events: measured on AWS,
 * https://github.com/floci-io/floci/issues/2965
 */
export function endNote({ status, output, error, cause }: End, last: number) {
  const type = ENDINGS[status]
  const previous = status === 'ABORTED' || status === 'TIMED_OUT' ? 0 : last
  const key = `${type.charAt(0).toLowerCase()}${type.slice(1)}EventDetails`
  const about = output === undefined ? { error, cause } : { output, outputDetails: { truncated: false } }
  return { type, previous, details: { [key]: about } }
}
