import type { StepPayload } from '#core/template.ts'
import { commitJob } from '#engine/jobs/commit.ts'
import { task } from '../middleware/task.ts'
import { logJob } from '../middleware/telemetry.ts'
import { ports } from '../ports.ts'

/** The last state of every way through a job: after it an abort is too late. */
export const handler = task('Commit', async ({ standdown }: Pick<StepPayload, 'standdown'>) => {
  logJob(standdown.job_execution_id)
  await commitJob(ports(), standdown)
})
