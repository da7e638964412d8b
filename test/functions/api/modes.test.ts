import { afterAll, beforeAll, expect, test } from 'vitest'
import { handler as abortJob } from '#functions/api/abort-job.ts'
import { handler as executeJob } from '#functions/api/execute-job.ts'
import { handler as jobs } from '#functions/api/jobs.ts'
import { ask } from '../http-event.ts'
import { type Product, startProduct } from '../product.ts'

let product: Product
beforeAll(async () => {
  product = await startProduct(['force'])
})
afterAll(() => product.stop())

test('a mode that the template rules out is 422 and names those that it does not; force goes through', async () => {
  const body = { job_template_fq_name: 'demo', input: {} }
  const { job_execution_id } = (await ask(executeJob, 'POST /execute-job', { body })).body
  const path = { id: String(job_execution_id) }
  const abort = (mode: string) => ask(abortJob, 'POST /jobs/{id}/abort', { path, body: { mode } })
  expect(await abort('graceful')).toMatchObject({ status: 422, body: { supported: ['force'] } })
  expect((await product.jobs.get(path.id))?.version).toBe(1)
  expect((await abort('force')).status).toBe(202)
})

test('the list says of a mode what the page of the job says of it', async () => {
  const body = { job_template_fq_name: 'demo', input: {} }
  const { job_execution_id: id } = (await ask(executeJob, 'POST /execute-job', { body })).body
  const page = (await ask(jobs, 'GET /jobs/{id}', { path: { id: String(id) } })).body
  const { items } = (await ask(jobs, 'GET /jobs')).body as { items: Record<string, unknown>[] }
  const listed = items.find((job) => job.job_execution_id === id)
  expect(page.supported_abort_modes).toMatchObject([
    { mode: 'graceful', supported: false },
    { mode: 'force', supported: true },
  ])
  expect(listed?.supported_abort_modes).toEqual(page.supported_abort_modes)
})
