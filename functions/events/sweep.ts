import { sweep } from '#engine/sweep.ts'
import { task } from '../middleware/task.ts'
import { logger } from '../middleware/telemetry.ts'
import { ports } from '../ports.ts'

/** One job that cannot be brought on does not keep the others waiting. */
export const handler = task('Sweep', async () => {
  const { jobs, failed } = await sweep(ports())
  for (const { job_execution_id, error } of failed) {
    logger.error('the job could not be swept', { job_execution_id, error: error as Error })
  }
  return { jobs, failed: failed.length }
})
