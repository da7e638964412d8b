import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { handler as executeJob } from '#functions/api/execute-job.ts'
import { handler as cleanUp } from '#functions/stand-down/clean-up.ts'
import { handler as drain } from '#functions/stand-down/drain.ts'
import { handler as settle } from '#functions/stand-down/settle.ts'
import { ask, CONTEXT } from '../http-event.ts'
import { type Product, startProduct, stopByHand } from '../product.ts'

let product: Product
beforeAll(async () => {
  product = await startProduct()
})
afterAll(() => product.stop())

test('a job in which nothing ran is drained, has nothing to clean up, and is settled once', async () => {
  const body = { job_template_fq_name: 'demo', input: {} }
  const told = await ask(executeJob, 'POST /execute-job', { body })
  const job = (await product.jobs.get(String(told.body.job_execution_id)))!
  const { job_execution_id } = job
  stopByHand(product, job.execution_arn)
  const input = { job_execution_id, end: { status: 'ABORTED' as const, error: 'Oops', cause: null } }
  expect(await drain(input, CONTEXT)).toMatchObject({ running: 0 })
  expect(await cleanUp(input, CONTEXT)).toMatchObject({ job_execution_id, calls: [] })
  const settled = { job_execution_id, state: 'CANCELLED' }
  expect(await settle(input, CONTEXT)).toEqual(settled)
  const { version } = (await product.jobs.get(job_execution_id))!
  expect(await settle(input, CONTEXT)).toEqual(settled)
  const after = (await product.jobs.get(job_execution_id))!
  expect(after).toMatchObject({
    version,
    abort_request: { mode: 'force', requested_by: 'external', reason: 'Oops' },
  })
  expect((await product.steps.list(job_execution_id)).map(({ name, state }) => `${name} ${state}`)).toEqual([
    'copy CANCELLED',
  ])
})

test.each([drain, cleanUp, settle])(
  'a job that is not there is an error that the workflow shows',
  async (work) => {
    const input = {
      job_execution_id: randomUUID(),
      end: { status: 'ABORTED' as const, error: null, cause: null },
    }
    await expect(work(input, CONTEXT)).rejects.toThrow(input.job_execution_id)
  },
)
