import { isIdle, type StopTime, whenToStop, whenToStopLate } from '#core/abort/stop.ts'
import type { Job } from '#core/job/job.ts'
import type { Step } from '#core/step/step.ts'
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
export const stopIfIdle = (ports: Stopping, job: Job, whileBusy?: WhileBusy): Promise<Stopped> =>
  stopExecution(ports, job, { when: whenToStop(job), whileBusy })

/** Is told of the steps that are waited for, among all. */
export type WhileBusy = ((steps: Step[]) => Promise<void>) | undefined

/** As `stopIfIdle`; and the execution of a job that has ended otherwise than well is stopped, too: a raced start, a redrive. */
export async function stopIfIdleOrOver(ports: Stopping, job: Job): Promise<void> {
  await stopExecution(ports, job, { when: whenToStopLate(job) })
}

/** Stops the job's execution at its time. */
export async function stopExecution(
  ports: Stopping,
  job: Job,
  { when, whileBusy }: { when: StopTime; whileBusy?: WhileBusy },
): Promise<Stopped> {
  if (when === 'never') return 'busy'
  if (when === 'once-idle') {
    const claimed = await stepsOf(ports, job)
    if (!isIdle(claimed, timeAt(ports.clock.now()))) {
      await whileBusy?.(claimed)
      return 'busy'
    }
  }
  return (await ports.executions.stop(job)) ? 'stopped' : 'missing'
}
