import { leftBehind } from '#core/clean-up/left-behind.ts'
import type { Job } from '#core/job/job.ts'
import { timeAt } from '#core/time.ts'
import type { Needs } from '../ports.ts'
import { cleanUpIsOver, cleanUpName, startCleanUp } from '../stand-down/start.ts'
import { stepsOf } from '../steps/steps-of.ts'
import type { Running } from './running.ts'

/**
 * Brings a repeated clean-up on: starts one whose start did not go through, and ends one whose stand-down is
 * over without having ended it, with what is left behind now, so that a person can repeat it once more.
 */
export async function bringCleanUpOn(
  ports: Needs<'jobs' | 'steps' | 'standDowns' | 'clock'>,
  job: Job,
  running: Running,
): Promise<void> {
  if (!job.clean_up || running.standDowns.has(cleanUpName(job))) return
  if (await startCleanUp(ports, job)) return
  if (!(await cleanUpIsOver(ports, job))) return
  const left_behind = leftBehind(await stepsOf(ports, job))
  const { run } = job.clean_up
  const event = { type: 'clean-up-ended' as const, at: timeAt(ports.clock.now()), run, left_behind }
  await ports.jobs.apply(job.job_execution_id, event, job)
}
