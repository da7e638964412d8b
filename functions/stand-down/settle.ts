import { measureEnd } from '#core/metrics.ts'
import type { StandDownInput } from '#engine/ports.ts'
import { settleJob } from '#engine/stand-down/settle.ts'
import { task } from '../middleware/task.ts'
import { measure } from '../middleware/telemetry.ts'
import { ports } from '../ports.ts'

export const handler = task('Settle', async (input: StandDownInput) => {
  const job = await settleJob(ports(), input)
  measure(measureEnd(job))
  const { job_execution_id, state } = job
  return { job_execution_id, state }
})
