import { needsTidying } from '#core/clean-up/unfinished.ts'
import { JobAborted } from '#core/errors.ts'
import type { Job } from '#core/job/job.ts'
import { lifeOf } from '#core/step/of-job.ts'
import type { StepCall } from '#core/template.ts'
import { timeAt } from '#core/time.ts'
import type { Needs } from '../ports.ts'
import { startStandDown } from '../stand-down/start.ts'
import { stepsOf } from '../steps/steps-of.ts'
import { admitJob } from './admit.ts'
import { stopIfIdle } from './stop-if-idle.ts'

/** The execution that asks, as its definition names it. */
export type CommitCall = Pick<
  StepCall,
  'job_execution_id' | 'template' | 'execution_arn' | 'execution_started_at'
>
type Committing = Needs<'jobs' | 'steps' | 'values' | 'executions' | 'standDowns' | 'clock'>

/**
 * The job's last write: SUCCEEDED, unless an abort came first.
 *
 * @throws JobAborted when the job is being cancelled or stood down
 */
export async function commitJob(ports: Committing, call: CommitCall): Promise<Job> {
  const { item: job } = await admitJob(ports, { ...call, ...lifeOf(call) })
  const event = { type: 'commit' as const, at: timeAt(ports.clock.now()) }
  const outcome = await ports.jobs.apply(call.job_execution_id, event, job)
  if (outcome.kind === 'refused') return refuse(ports, outcome.item)
  await tidy(ports, outcome.item)
  return outcome.item
}

async function refuse(ports: Committing, job: Job | undefined): Promise<never> {
  // The refusal stands whether or not the stop goes through; the sweeper repeats it.
  if (job) await stopIfIdle(ports, job).catch(() => undefined)
  throw new JobAborted(
    `the job is ${job?.state ?? 'unknown'}: it cannot be committed`,
    job?.abort_request?.mode,
  )
}

/** A Catch around a failed Parallel or Map leaves siblings that nobody waits for: they are cleaned up. */
async function tidy(ports: Committing, job: Job): Promise<void> {
  const steps = await stepsOf(ports, job)
  if (!needsTidying(job, steps)) return
  await startStandDown(ports, job, { status: 'SUCCEEDED', error: null, cause: null })
}
