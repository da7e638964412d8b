import type { StandDownInput } from '#engine/ports.ts'
import { settleJob } from '#engine/stand-down/settle.ts'
import { task } from '../middleware/task.ts'
import { ports } from '../ports.ts'

export const handler = task('Settle', async (input: StandDownInput) => {
  const { job_execution_id, state } = await settleJob(ports(), input)
  return { job_execution_id, state }
})
