import { endedWithoutSuccess } from '#core/abort/stop.ts'
import { needsTidying } from '#core/clean-up/unfinished.ts'
import { type Job, stateMachineArnOf } from '#core/job/job.ts'
import { timeAt } from '#core/time.ts'
import { executionRuns } from './attached.ts'
import { inParallel } from './in-parallel.ts'
import type { Needs } from './ports.ts'
import { isTidyingOf, startTidying } from './stand-down/start.ts'
import { stepsOf } from './steps/steps-of.ts'
import { type Bringing, isInFlight, sweepJob } from './sweep/job.ts'
import { listRunning, type Running } from './sweep/running.ts'

/**
 * An ended job is looked at once more after this time: by then an attempt that still ran when the job ended
 * has lost its lease, so that what it left open can be cleaned up.
 */
const LAST_LOOK_MS = 120_000
const HOUR_MS = 3_600_000
const AT_ONCE = 10

type Sweeping = Bringing & Needs<'index'>

export type Swept = {
  jobs: number
  /** What could not be brought on: a job by its id, a state machine by its ARN. */
  failed: { what: string; error: unknown }[]
  cancellingOverAnHour: number
  /** Of the jobs that were looked at for the last time, those that left something behind. */
  cleanUpsFailed: number
}

/**
 * Looks at every job that has not ended, at running executions whose job has, and once more at each ended
 * job: an attempt, or a stand-down, that died in the last moment may have left a step open.
 */
export async function sweep(ports: Sweeping, lastLookMs = LAST_LOOK_MS): Promise<Swept> {
  const now = ports.clock.now()
  const active = await ports.index.active()
  const running = await listRunning(ports, active)
  const failed: Swept['failed'] = [...running.unlisted].map(([what, error]) => ({ what, error }))
  /** One that cannot be brought on does not keep the others waiting. */
  const each = <Item>(items: Item[], whatOf: (item: Item) => string, work: (item: Item) => Promise<void>) =>
    inParallel(items, AT_ONCE, (item) =>
      work(item).catch((error: unknown) => void failed.push({ what: whatOf(item), error })),
    )
  const idOf = (job: Job): string => job.job_execution_id
  const open = active.filter((job) => !isInFlight(job, now))
  await each(open, idOf, (job) => sweepJob(ports, job, running))
  // One of a machine that is not ours says nothing as it begins.
  const known = new Set(active.filter((job) => !isUnseen(job)).map((job) => job.execution_arn))
  const unknown = [...running.executions].filter((arn) => !known.has(arn))
  await each(unknown, String, (arn) => unknownRuns(ports, arn))
  const ended = await ports.index.ended(timeAt(now - lastLookMs))
  await each(ended, idOf, (job) => lastLook(ports, job, running))
  return {
    jobs: active.length,
    failed,
    cancellingOverAnHour: active.filter((job) => cancelsSince(job) < now - HOUR_MS).length,
    cleanUpsFailed: ended.filter((job) => job.left_behind.length > 0).length,
  }
}

const cancelsSince = (job: Job): number =>
  job.state === 'CANCELLING' ? Date.parse(job.abort_request.requested_at) : Number.POSITIVE_INFINITY

async function lastLook(ports: Sweeping, job: Job, { standDowns }: Running): Promise<void> {
  // Another one beside it would only wait for its hooks.
  if ([...standDowns].some((name) => isTidyingOf(job, name))) return
  const steps = await stepsOf(ports, job)
  if (needsTidying(job, steps)) await startTidying(ports, job)
  else await ports.jobs.retire(job)
}

const isUnseen = ({ attached, state }: Job): boolean => attached === true && state === 'PENDING'

async function unknownRuns(ports: Sweeping, executionArn: string): Promise<void> {
  if (!ports.templates.attached(stateMachineArnOf(executionArn))) return stopEnded(ports, executionArn)
  const found = await ports.executions.describe(executionArn)
  if (!found || found.end) return
  const { name, started_at } = found
  await executionRuns(ports, { name, started_at, execution_arn: executionArn })
}

/** Of a job that has ended: a start that was on its way, or a redrive. */
async function stopEnded({ jobs, executions }: Sweeping, executionArn: string): Promise<void> {
  const job = await jobs.get(executionArn.slice(executionArn.lastIndexOf(':') + 1))
  // Another machine's execution may have the name of this job.
  if (job?.execution_arn !== executionArn) return
  if (endedWithoutSuccess(job)) await executions.stop(job)
}
