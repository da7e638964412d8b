import { settleJob } from '#aws/clean-up.ts'
import { productDeps } from '#aws/deps.ts'
import type { StandDownInput } from '#aws/stand-down.ts'
import { task } from '../middleware/task.ts'

export const handler = task('Settle', async (input: StandDownInput) => {
  const { job_execution_id, state } = await settleJob(productDeps(), input)
  return { job_execution_id, state }
})
