import type { Executions } from '#aws/executions.ts'
import type { Store } from '#aws/table/store.ts'
import { shouldStop } from '#core/clean-up/order.ts'
import type { Job } from '#core/job/job.ts'
import { now } from '../now.ts'

export type Stopped = 'stopped' | 'busy' | 'missing'

/**
 * Stops the execution of a job that is being cancelled, once nothing of it runs any more (or at once by
 * force). Called by whoever may be the last to see that: the API, a refused claim, a finishing step, the
 * commit and the sweeper. `job` must have been read after the caller's own last write.
 *
 * @returns whether it was stopped, goes on (`busy`), or was not there to be stopped (`missing`)
 */
export async function stopIfIdle(of: { store: Store; executions: Executions }, job: Job): Promise<Stopped> {
  if (job.state !== 'CANCELLING' || job.closed) return 'busy'
  const steps = job.abort_request.mode === 'force' ? [] : await of.store.getSteps(job.job_execution_id)
  if (!shouldStop(job, steps, now())) return 'busy'
  return (await of.executions.stop(job)) ? 'stopped' : 'missing'
}
