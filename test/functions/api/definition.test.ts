import { afterAll, beforeAll, expect, test } from 'vitest'
import { definitionView, jobList, templateList, templateView } from '#core/api/answers.ts'
import { handler as executeJob } from '#functions/api/execute-job.ts'
import { handler as jobs } from '#functions/api/jobs.ts'
import { abort } from '#test/core/samples.ts'
import { ask, type RequestParts } from '../http-event.ts'
import { MACHINE, type Product, startProduct } from '../product.ts'

const COPY = { StartAt: 'copy', States: { copy: { Type: 'Task', step: 'copy' } } }

let product: Product
beforeAll(async () => {
  product = await startProduct()
})
afterAll(() => product.stop())

async function started(): Promise<string> {
  const body = { job_template_fq_name: 'demo', input: {} }
  return String((await ask(executeJob, 'POST /execute-job', { body })).body.job_execution_id)
}
const definition = (id: string, parts: RequestParts = {}) =>
  ask(jobs, 'GET /jobs/{id}/definition', { path: { id }, ...parts })

test('the definition of a job is what its execution runs, without ARNs', async () => {
  const id = await started()
  const reply = await definition(id)
  const known = { job_execution_id: id, source: 'execution', state_machine_arn: MACHINE, definition: COPY }
  expect(definitionView.parse(reply.body)).toEqual(known)
  expect(reply.text).not.toContain('arn:copy')
  const headers = { 'if-none-match': reply.headers.etag ?? '' }
  expect((await definition(id, { headers })).status).toBe(304)
})

test('where the execution is gone, it is that of the template as it is deployed now', async () => {
  const id = await started()
  product.executions.clear()
  expect((await definition(id)).body).toMatchObject({ source: 'template', definition: COPY })
})

test('of no job it is 404', async () => {
  expect((await definition('none')).status).toBe(404)
})

test('a template is shown with its definition, the list of templates without', async () => {
  const one = await ask(jobs, 'GET /templates/{name}', { path: { name: 'demo' } })
  expect(templateView.parse(one.body)).toMatchObject({ name: 'demo', definition: COPY })
  const all = await ask(jobs, 'GET /templates')
  expect(templateList.parse(all.body).items).toHaveLength(1)
  const headers = { 'if-none-match': one.headers.etag ?? '' }
  expect((await ask(jobs, 'GET /templates/{name}', { path: { name: 'demo' }, headers })).status).toBe(304)
})

test('a list that did not change since its tag is 304, and another page is another', async () => {
  const id = await started()
  const page = (headers: Record<string, string>, query = {}) => ask(jobs, 'GET /jobs', { headers, query })
  const { etag = '' } = (await page({})).headers
  expect(await page({ 'if-none-match': etag })).toMatchObject({ status: 304, text: '' })
  expect((await page({ 'if-none-match': etag }, { limit: '1' })).status).toBe(200)
  await product.jobs.apply(id, abort('graceful'))
  expect((await page({ 'if-none-match': etag })).status).toBe(200)
})

test('a list counts the jobs that have not ended, where it is asked to', async () => {
  await started()
  const list = async (query: Record<string, string>) =>
    jobList.parse((await ask(jobs, 'GET /jobs', { query })).body)
  expect((await list({})).counts).toBeUndefined()
  const { counts } = await list({ counts: 'active', limit: '1' })
  expect(counts).toMatchObject({ CANCELLING: 1, ONGOING: 0, complete: true })
  expect(counts?.PENDING).toBeGreaterThan(0)
  expect((await ask(jobs, 'GET /jobs', { query: { counts: 'all' } })).status).toBe(400)
})
