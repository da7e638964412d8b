import { afterAll, beforeAll, expect, test } from 'vitest'
import { handler as executeJob } from '#functions/api/execute-job.ts'
import { handler as commit } from '#functions/steps/commit.ts'
import { ask, CONTEXT } from '../http-event.ts'
import { type Product, startProduct } from '../product.ts'

let product: Product
beforeAll(async () => {
  product = await startProduct()
})
afterAll(() => product.stop())

async function startedCall() {
  const body = { job_template_fq_name: 'demo', input: {} }
  const { body: started } = await ask(executeJob, 'POST /execute-job', { body })
  const job_execution_id = String(started.job_execution_id)
  const { execution_arn } = (await product.jobs.get(job_execution_id))!
  const execution_started_at = '2026-01-31T09:00:00.000Z'
  return { template: 'demo', job_execution_id, execution_arn, execution_started_at }
}

const stateOf = async (id: string) => (await product.jobs.get(id))?.state

test('a commit ends its job SUCCEEDED', async () => {
  const call = await startedCall()
  await commit({ standdown: call }, CONTEXT)
  expect(await stateOf(call.job_execution_id)).toBe('SUCCEEDED')
})

test('a parked branch that nobody is going to stop fails by name, and commits nothing', async () => {
  const call = await startedCall()
  await expect(commit({ standdown: { ...call, parked: true } }, CONTEXT)).rejects.toMatchObject({
    name: 'ParkedWithoutAbort',
  })
  expect(await stateOf(call.job_execution_id)).toBe('PENDING')
})
