import { shouldStop } from '#core/clean-up/unfinished.ts'
import type { Job } from '#core/job/job.ts'
import { timeAt } from '#core/time.ts'
import type { Needs } from '../ports.ts'
import { stepsOf } from '../steps/steps-of.ts'

type Stopping = Needs<'steps' | 'executions' | 'clock'>
export type Stopped = 'stopped' | 'busy' | 'missing'

/**
 * Stops the execution of a job that is being cancelled, once nothing of it runs any more (or at once by
 * force). Called by whoever may be the last to see that: the API, a refused claim, a finishing step, the
 * commit and the sweeper. `job` must have been read after the caller's own last write.
 *
 * @returns whether it was stopped, goes on (`busy`), or was not there to be stopped (`missing`)
 */
export async function stopIfIdle(ports: Stopping, job: Job): Promise<Stopped> {
  if (job.state !== 'CANCELLING' || job.closed) return 'busy'
  const known = job.abort_request.mode === 'force' ? [] : await stepsOf(ports, job)
  if (!shouldStop(job, known, timeAt(ports.clock.now()))) return 'busy'
  return (await ports.executions.stop(job)) ? 'stopped' : 'missing'
}

/** As `stopIfIdle`; and the execution of a job that has ended otherwise than well is stopped, too: a raced start, a redrive. */
export async function stopIfIdleOrOver(ports: Stopping, job: Job): Promise<void> {
  if (job.ended_at !== null && job.state !== 'SUCCEEDED') await ports.executions.stop(job)
  else await stopIfIdle(ports, job)
}
