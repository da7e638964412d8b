import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { handler as abortJob } from '#functions/api/abort-job.ts'
import { handler as executeJob } from '#functions/api/execute-job.ts'
import { type Asked, ask, CALLER, pointersOf } from '../http-event.ts'
import { type Product, startProduct } from '../product.ts'

let product: Product
beforeAll(async () => {
  product = await startProduct()
})
beforeEach(() => product.failing.clear())
afterAll(() => product.stop())

async function started(tenant_id = 'default'): Promise<string> {
  const body = { job_template_fq_name: 'demo', input: {}, tenant_id }
  return String((await ask(executeJob, 'POST /execute-job', { body })).body.job_execution_id)
}
const contrail = (input: object, beside: object = {}) =>
  ask(abortJob, 'POST /abort-job', { body: { input, ...beside } })
const abort = (id: string, asked: Asked = {}) =>
  ask(abortJob, 'POST /jobs/{id}/abort', { path: { id }, ...asked })

test('options count beside the input and in it, but not in both', async () => {
  const id = await started()
  const twice = await contrail({ job_execution_id: id, reason: 'a', rollback: true }, { reason: 'b' })
  expect(twice.status).toBe(400)
  expect(pointersOf(twice)).toEqual(['/reason'])
  const once = await contrail({ job_execution_id: id, rollback: true }, { reason: 'b' })
  expect(once.body.abort_request).toMatchObject({ reason: 'b', rollback: true, requested_by: CALLER })
})

test.each(['', '*', 'a/b', '../JOB', 'a\u0000', 'a\u001b[31m', 'é', 'x'.repeat(5000)])(
  'the id %j in the path names no job, and is told plain and short',
  async (id) => {
    const told = await abort(id)
    expect(told.status).toBe(404)
    expect(told.body.detail).not.toMatch(/\p{Cc}/u)
    expect(told.text.length).toBeLessThan(300)
  },
)

test('no body means graceful; a body of null does not', async () => {
  const id = await started()
  expect((await abort(id, { text: 'null' })).status).toBe(400)
  expect((await product.jobs.get(id))?.abort_request).toBeNull()
  const told = await abort(id)
  expect(told).toMatchObject({ status: 202, headers: { location: `/jobs/${id}` } })
  expect(told.body.abort_request).toMatchObject({ mode: 'graceful' })
})

test('a body of very many unknown properties is answered shortly', async () => {
  const many = Object.fromEntries(Array.from({ length: 20_000 }, (_, i) => [`all${i}`, true]))
  const told = await contrail({ job_execution_id: 'x', ...many })
  expect(told.status).toBe(400)
  expect(told.body.errors).toHaveLength(20)
  expect(told.text.length).toBeLessThan(5_000)
})

test('a job of another tenant looks exactly like one that is not there', async () => {
  const id = await started('acme')
  const route = 'POST /v1/{tenantId}/jobs/{id}/abort'
  const foreign = await ask(abortJob, route, { path: { tenantId: 'other', id } })
  const missing = await ask(abortJob, route, { path: { tenantId: 'other', id: 'none' } })
  expect(foreign.status).toBe(404)
  expect(foreign.text).toBe(missing.text.replace('none', id))
  const own = await ask(abortJob, route, { path: { tenantId: 'acme', id } })
  expect(own.body).toEqual({ Id: id, Status: 'CANCELLING' })
})

test('of fifty aborts at once one is the first, at most one escalates, and all others are told who', async () => {
  const id = await started()
  const told = await Promise.all(
    Array.from({ length: 50 }, (_, i) =>
      abort(id, { body: { mode: i % 2 ? 'force' : 'graceful', reason: `r${i}` } }),
    ),
  )
  const job = await product.jobs.get(id)
  const accepted = told.filter(({ status }) => status === 202)
  expect(accepted).toHaveLength(1 + (job?.abort_request?.escalations.length ?? 0))
  expect(accepted.length).toBeLessThanOrEqual(2)
  expect(told.filter(({ status }) => status === 200)).toHaveLength(50 - accepted.length)
  expect(job?.abort_request?.mode).toBe('force')
  expect(job?.version).toBe(1 + accepted.length)
})

test('an accepted abort holds although the stop does not go through', async () => {
  const id = await started()
  product.failing.set('StopExecution', 'AccessDeniedException')
  const told = await abort(id, { body: { mode: 'force' } })
  expect(told).toMatchObject({ status: 202, body: { state: 'CANCELLING' } })
  expect((await product.jobs.get(id))?.state).toBe('CANCELLING')
})

test('one abort is one item write and one stop; a repeat or a refused one is none', async () => {
  const id = await started()
  product.calls.length = 0
  await abort(id, { body: { mode: 'force' } })
  const stops = () => product.calls.filter((call) => call === 'StopExecution').length
  expect([(await product.jobs.get(id))?.version, stops()]).toEqual([2, 1])
  await abort(id, { body: { mode: 'force' } })
  await abort(id, { body: { mode: 'Force' } })
  expect([(await product.jobs.get(id))?.version, stops()]).toEqual([2, 1])
})

test('a deadline is kept as an absolute time', async () => {
  const id = await started()
  const before = Date.now()
  const told = await abort(id, { body: { force_after_seconds: 3600 } })
  const { force_at } = told.body.abort_request as { force_at: string }
  expect(Date.parse(force_at)).toBeGreaterThanOrEqual(before + 3_600_000)
  expect(Date.parse(force_at)).toBeLessThanOrEqual(Date.now() + 3_600_000)
})
