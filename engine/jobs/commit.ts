import type { Deps } from '#aws/deps.ts'
import { needsTidying } from '#core/clean-up/order.ts'
import { JobAborted } from '#core/errors.ts'
import type { Job } from '#core/job/job.ts'
import type { StepPayload } from '#core/template.ts'
import { now } from '../now.ts'
import { startStandDown } from '../stand-down/start.ts'
import { admitJob } from './admit.ts'
import { stopIfIdle } from './stop-if-idle.ts'

type Told = Pick<StepPayload['standdown'], 'job_execution_id' | 'execution_arn' | 'template'>

/**
 * The job's last write: SUCCEEDED, unless an abort came first.
 *
 * @throws JobAborted when the job is being cancelled or stood down
 */
export async function commitJob(deps: Deps, told: Told): Promise<Job> {
  const admitted = await admitJob(deps, told)
  const job = admitted.item
  const event = { type: 'commit' as const, at: now() }
  const outcome = await deps.store.applyJob(told.job_execution_id, event, job)
  if (outcome.kind === 'refused') return refuse(deps, outcome.item)
  await tidy(deps, outcome.item)
  return outcome.item
}

async function refuse(deps: Deps, job: Job | undefined): Promise<never> {
  // The refusal stands whether or not the stop goes through; the sweeper repeats it.
  if (job) await stopIfIdle(deps, job).catch(() => undefined)
  throw new JobAborted(`the job is ${job?.state ?? 'unknown'}: it cannot be committed`)
}

/** A Catch around a failed Parallel or Map leaves siblings that nobody waits for: they are cleaned up. */
async function tidy(deps: Deps, job: Job): Promise<void> {
  const steps = await deps.store.getSteps(job.job_execution_id)
  if (!needsTidying(job, steps)) return
  await startStandDown(deps, job, { status: 'SUCCEEDED', error: null, cause: null })
}
