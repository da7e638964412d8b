import type { EventBridgeEvent } from 'aws-lambda'
import { endOfEvent, type ReportedEnd } from '#aws/executions.ts'
import type { ProductPorts } from '#aws/ports.ts'
import type { StandDownInput } from '#engine/ports.ts'
import { executionEnded } from '#engine/sweep/execution-ended.ts'
import { sweepJob } from '#engine/sweep/job.ts'
import { task } from '../middleware/task.ts'
import { logJob } from '../middleware/telemetry.ts'
import { ports } from '../ports.ts'

/** `input` is null where it is too large for an event. */
type Ended = ReportedEnd & {
  executionArn: string
  stateMachineArn: string
  name: string
  input?: string | null
}
type StatusChange = EventBridgeEvent<'Step Functions Execution Status Change', Ended>

/** An execution ended: a job's, or a stand-down. Events come late or twice, and some never. */
async function settle({ detail }: StatusChange): Promise<void> {
  const known = ports()
  if (known.standDowns.runs(detail.stateMachineArn)) return settleStandDown(known, detail)
  const job = await known.jobs.get(detail.name)
  // A name is unique within one state machine only: it may be another machine's execution.
  if (job?.execution_arn !== detail.executionArn) return
  logJob(job.job_execution_id)
  await executionEnded(known, job, endOfEvent(detail))
}

/**
 * A stand-down that somebody stopped is started anew; one that failed is left to the sweeper, so that a lasting
 * fault does not turn into a loop.
 */
async function settleStandDown(known: ProductPorts, ended: Ended): Promise<void> {
  if (ended.status !== 'ABORTED') return
  const input = ended.input
    ? (JSON.parse(ended.input) as StandDownInput)
    : await known.standDowns.inputOf(ended.executionArn)
  const job = input && (await known.jobs.get(input.job_execution_id))
  if (!job) return
  logJob(job.job_execution_id)
  await sweepJob(known, job)
}

export const handler = task('SettleEvent', settle)
