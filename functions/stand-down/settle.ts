import { productDeps } from '#aws/deps.ts'
import { settleJob } from '#engine/stand-down/next-hooks.ts'
import type { StandDownInput } from '#engine/stand-down/start.ts'
import { task } from '../middleware/task.ts'

export const handler = task('Settle', async (input: StandDownInput) => {
  const { job_execution_id, state } = await settleJob(productDeps(), input)
  return { job_execution_id, state }
})
