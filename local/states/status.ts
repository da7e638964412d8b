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

/** The last event of an execution's history. */
export function endNote({ status, output, error, cause }: End, previous: number) {
  const type = ENDINGS[status]
  const key = `${type.charAt(0).toLowerCase()}${type.slice(1)}EventDetails`
  const about = output === undefined ? { error, cause } : { output, outputDetails: { truncated: false } }
  return { type, previous, details: { [key]: about } }
}
