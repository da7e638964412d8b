import { deployedBus } from '#aws/bus.ts'
import type { Ports } from '#engine/ports.ts'
import { inTurn } from '#engine/sweep/in-turn.ts'
import { sendUnsent } from '#engine/sweep/unsent.ts'
import { sweep } from '#engine/sweep.ts'
import { task } from '../middleware/task.ts'
import { logger, measure } from '../middleware/telemetry.ts'
import { ports } from '../ports.ts'

async function sweepJobs(all: Ports): Promise<{ jobs: number; failed: number }> {
  const { jobs, failed, cancellingOverAnHour, cleanUpsFailed } = await sweep(all)
  for (const { what, error } of failed) {
    logger.error('a job, or the list of a state machine, could not be swept', { what, error: error as Error })
  }
  measure({
    Sweeps: 1,
    JobsNotSwept: failed.length,
    CancellingOverAnHour: cancellingOverAnHour,
    CleanUpsFailed: cleanUpsFailed,
  })
  return { jobs, failed: failed.length }
}

async function sweepNotifications(all: Ports): Promise<void> {
  const { sent, refusals } = await sendUnsent(all)
  if (refusals.length > 0)
    logger.error('notifications are still refused', { refusals: refusals.slice(0, 10) })
  measure({ NotificationsSentAgain: sent, NotificationsRefused: refusals.length })
}

/** Jobs first: their notifications can wait, and a bus that is away must not keep jobs waiting. */
async function sweepAll(all: Ports): Promise<{ jobs: number; failed: number }> {
  const swept = await sweepJobs(all)
  await sweepNotifications(all)
  return swept
}

export const handler = task('Sweep', async () => {
  const all = { ...ports(), bus: deployedBus() }
  const swept = await inTurn(all, () => sweepAll(all))
  if (!swept) logger.info('another sweep is under way')
  return swept ?? { jobs: 0, failed: 0 }
})
