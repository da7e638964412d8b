import type { EventBridgeEvent } from 'aws-lambda'
import { endOfEvent, type ReportedEnd } from '#aws/executions.ts'
import type { ProductPorts } from '#aws/ports.ts'
import { timeAt } from '#core/time.ts'
import type { JsonText } from '#core/value.ts'
import { executionRuns, jobOfExecution } from '#engine/attached.ts'
import type { StandDownInput } from '#engine/ports.ts'
import { executionEnded } from '#engine/sweep/execution-ended.ts'
import { sweepJob } from '#engine/sweep/job.ts'
import { task } from '../middleware/task.ts'
import { logJob } from '../middleware/telemetry.ts'
import { ports } from '../ports.ts'

/** `input` and `output` are null where they are too large for an event; the start is in milliseconds. */
type Change = {
  executionArn: string
  stateMachineArn: string
  name: string
  startDate: number
  input?: string | null
  output?: string | null
}
type Ended = Change & ReportedEnd
type StatusChange = EventBridgeEvent<
  'Step Functions Execution Status Change',
  Ended | (Change & { status: 'RUNNING' })
>

/**
 * An execution ended: a job's, or a stand-down; or one of an attached machine began. Events come late or twice, in any
 * order, and some never.
 */
async function settle({ detail }: StatusChange): Promise<void> {
  const known = ports()
  if (known.standDowns.runs(detail.stateMachineArn)) {
    if (detail.status === 'ABORTED') await settleStandDown(known, detail)
    return
  }
  const { executionArn: execution_arn, name } = detail
  logJob(name)
  const started_at = timeAt(detail.startDate)
  const seen = { name, execution_arn, started_at }
  if (detail.status === 'RUNNING') return executionRuns(known, seen)
  const machine = known.templates.attached(detail.stateMachineArn)
  const job = machine ? await jobOfExecution(known, machine, seen) : await known.jobs.get(name)
  // A name is unique within one state machine only: it may be another machine's execution.
  if (job?.execution_arn !== execution_arn) return
  const output = (detail.output ?? undefined) as JsonText | undefined
  await executionEnded(known, job, { end: endOfEvent(detail), started_at, output })
}

/**
 * A stand-down that somebody stopped is started anew; one that failed is left to the sweeper, so that a lasting
 * fault does not turn into a loop.
 */
async function settleStandDown(known: ProductPorts, ended: Change): Promise<void> {
  const input = ended.input
    ? (JSON.parse(ended.input) as StandDownInput)
    : await known.standDowns.inputOf(ended.executionArn)
  const job = input && (await known.jobs.get(input.job_execution_id))
  if (!job) return
  logJob(job.job_execution_id)
  await sweepJob(known, job)
}

export const handler = task('SettleEvent', settle)
