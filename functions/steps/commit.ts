import { measureEnd } from '#core/metrics.ts'
import { type CommitCall, commitJob } from '#engine/jobs/commit.ts'
import { checkParked } from '#engine/jobs/parked.ts'
import { task } from '../middleware/task.ts'
import { logJob, measure } from '../middleware/telemetry.ts'
import { ports } from '../ports.ts'

/** `parked`: a branch of the execution waits to be stopped, and asks whether anybody is going to. */
type CommitPayload = { standdown: CommitCall & { parked?: true } }

/** The last state of every way through a job: after it an abort is too late. Also the net below parked steps. */
export const handler = task('Commit', async ({ standdown }: CommitPayload) => {
  logJob(standdown.job_execution_id)
  if (standdown.parked) await checkParked(ports(), standdown)
  else measure(measureEnd(await commitJob(ports(), standdown)))
})
