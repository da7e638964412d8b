import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { handler as abortJob } from '#functions/api/abort-job.ts'
import { handler as executeJob } from '#functions/api/execute-job.ts'
import { ask, type RequestParts } from '../http-event.ts'
import { type Product, startProduct } from '../product.ts'

let product: Product
beforeAll(async () => {
  product = await startProduct()
})
beforeEach(() => product.failing.clear())
afterAll(() => product.stop())

async function started(): Promise<string> {
  const body = { job_template_fq_name: 'demo', input: {} }
  return String((await ask(executeJob, 'POST /execute-job', { body })).body.job_execution_id)
}
const abort = (id: string, parts: RequestParts = {}) =>
  ask(abortJob, 'POST /jobs/{id}/abort', { path: { id }, ...parts })

test.each(['', '*', 'a/b', '../JOB', 'a\u0000', 'a\u001b[31m', 'é', 'x'.repeat(5000)])(
  'the id %j in the path names no job, and is answered plain and short',
  async (id) => {
    const reply = await abort(id)
    expect(reply.status).toBe(404)
    expect(reply.body.detail).not.toMatch(/\p{Cc}/u)
    expect(reply.text.length).toBeLessThan(300)
  },
)

test('no body means graceful; a body of null does not', async () => {
  const id = await started()
  expect((await abort(id, { text: 'null' })).status).toBe(400)
  expect((await product.jobs.get(id))?.abort_request).toBeNull()
  const reply = await abort(id)
  expect(reply).toMatchObject({ status: 202, headers: { location: `/jobs/${id}` } })
  expect(reply.body.abort_request).toMatchObject({ mode: 'graceful' })
})

test('of fifty aborts at once one is the first, at most one escalates, and all others see who', async () => {
  const id = await started()
  const replies = await Promise.all(
    Array.from({ length: 50 }, (_, i) =>
      abort(id, { body: { mode: i % 2 ? 'force' : 'graceful', reason: `r${i}` } }),
    ),
  )
  const job = await product.jobs.get(id)
  const accepted = replies.filter(({ status }) => status === 202)
  expect(accepted).toHaveLength(1 + (job?.abort_request?.escalations.length ?? 0))
  expect(accepted.length).toBeLessThanOrEqual(2)
  expect(replies.filter(({ status }) => status === 200)).toHaveLength(50 - accepted.length)
  expect(job?.abort_request?.mode).toBe('force')
  expect(job?.version).toBe(1 + accepted.length)
})

test('an accepted abort holds although the stop does not go through', async () => {
  const id = await started()
  product.failing.set('StopExecution', 'AccessDeniedException')
  const reply = await abort(id, { body: { mode: 'force' } })
  expect(reply).toMatchObject({ status: 202, body: { state: 'CANCELLING' } })
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
  const reply = await abort(id, { body: { force_after_seconds: 3600 } })
  const { force_at } = reply.body.abort_request as { force_at: string }
  expect(Date.parse(force_at)).toBeGreaterThanOrEqual(before + 3_600_000)
  expect(Date.parse(force_at)).toBeLessThanOrEqual(Date.now() + 3_600_000)
})
