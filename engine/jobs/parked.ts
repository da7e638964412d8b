import { ParkedWithoutAbort } from '#core/errors.ts'
import type { Job } from '#core/job/job.ts'
import { isTerminal } from '#core/states.ts'
import { lifeOf } from '#core/step/of-job.ts'
import type { ExecutionLife } from '#core/step/step.ts'
import type { Needs } from '../ports.ts'
import type { CommitCall } from './commit.ts'

/**
 * An execution, or a branch of it, waits to be stopped because a step said that it was: is anybody going to? Looked at
 * a minute after it was parked, so that the abort it waits for is written.
 *
 * @throws ParkedWithoutAbort when nobody is: that is a failure, and must not wait for ever
 */
export async function checkParked({ jobs }: Needs<'jobs'>, call: CommitCall): Promise<void> {
  const job = await jobs.get(call.job_execution_id)
  if (job && isItsJob(job, lifeOf(call)) && isStopping(job)) return
  throw new ParkedWithoutAbort(
    `a step of ${call.job_execution_id} said that it was stopped, but its job is ${job?.state ?? 'unknown'}`,
  )
}

const isStopping = (job: Job): boolean =>
  job.state === 'CANCELLING' || job.closed !== null || isTerminal(job.state)

/** A stand-down stops the execution that the job names, and no other of the same name. */
const isItsJob = (job: Job, { execution_arn, execution_started_at: started }: ExecutionLife): boolean =>
  job.execution_arn === execution_arn &&
  (job.execution_started_at === null || started === '' || job.execution_started_at === started)
