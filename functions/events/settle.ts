import type { EventBridgeEvent } from 'aws-lambda'
import type { ProductPorts } from '#aws/ports.ts'
import { sweepJob } from '#engine/sweep.ts'
import { task } from '../middleware/task.ts'
import { logJob } from '../middleware/telemetry.ts'
import { ports } from '../ports.ts'

type Ended = { executionArn: string; stateMachineArn: string; name: string; status: string }
type StatusChange = EventBridgeEvent<'Step Functions Execution Status Change', Ended>

/**
 * An execution ended. What really happened is asked of Step Functions, because events come late, twice or
 * out of order.
 */
async function settle({ detail }: StatusChange): Promise<void> {
  const known = ports()
  const id = await jobIdOf(known, detail)
  const job = id === undefined ? undefined : await known.jobs.get(id)
  if (!job) return
  logJob(job.job_execution_id)
  await sweepJob(known, job)
}

/**
 * The job whose execution, or whose stand-down, has ended. A stand-down that somebody stopped is started anew;
 * one that failed is left to the sweeper, so that a lasting fault does not turn into a loop.
 */
async function jobIdOf({ standDowns }: ProductPorts, ended: Ended): Promise<string | undefined> {
  if (!standDowns.runs(ended.stateMachineArn)) return ended.name
  if (ended.status !== 'ABORTED') return undefined
  return (await standDowns.inputOf(ended.executionArn))?.job_execution_id
}

export const handler = task('SettleEvent', settle)
