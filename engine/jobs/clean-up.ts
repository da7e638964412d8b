import { NothingLeftError } from '#core/errors.ts'
import type { Job } from '#core/job/job.ts'
import { timeAt } from '#core/time.ts'
import type { Needs } from '../ports.ts'
import { startCleanUp } from '../stand-down/start.ts'
import { findJob } from './find.ts'

export type CleanUpCommand = { job_execution_id: string; requested_by: string; tenant_id?: string }

/** `changed` is false where such a clean-up runs already. */
export type CleaningUp = { job: Job; changed: boolean; starting: Promise<unknown> }

/**
 * Repeats the clean-ups that failed, in a job that is FAILED; its state stays. One run at a time: a repeat while
 * it runs changes nothing.
 *
 * @throws NotFoundError, NothingLeftError also for a job that is not FAILED
 */
export async function cleanUpAgain(
  ports: Needs<'jobs' | 'standDowns' | 'clock'>,
  { job_execution_id, requested_by, tenant_id }: CleanUpCommand,
): Promise<CleaningUp> {
  const job = await findJob(ports, job_execution_id, tenant_id)
  const event = { type: 'clean-up' as const, at: timeAt(ports.clock.now()), requested_by }
  const outcome = await ports.jobs.apply(job_execution_id, event, job)
  if (outcome.kind === 'refused') throw refusal(outcome.item ?? job, outcome.reason)
  // A start that does not go through now is repeated by the sweeper.
  return { job: outcome.item, changed: outcome.kind === 'write', starting: startCleanUp(ports, outcome.item) }
}

function refusal({ job_execution_id: id, state }: Job, reason: string): Error {
  if (reason === 'clean') return new NothingLeftError(`the job ${id} has left nothing behind`, state)
  return new NothingLeftError(
    `the job ${id} is ${state}: only what a FAILED job left behind is cleaned up again`,
    state,
  )
}
