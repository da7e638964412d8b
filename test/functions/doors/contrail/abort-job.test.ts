import { afterAll, beforeAll, expect, test } from 'vitest'
import { handler as abortJob } from '#functions/api/abort-job.ts'
import { handler as executeJob } from '#functions/api/execute-job.ts'
import { ask, CALLER, pointersOf } from '../../http-event.ts'
import { type Product, startProduct } from '../../product.ts'

let product: Product
beforeAll(async () => {
  product = await startProduct()
})
afterAll(() => product.stop())

const started = async (): Promise<string> => {
  const body = { job_template_fq_name: 'demo', input: {} }
  return String((await ask(executeJob, 'POST /execute-job', { body })).body.job_execution_id)
}
const abort = (input: object, beside: object = {}) =>
  ask(abortJob, 'POST /abort-job', { body: { input, ...beside } })

test('options count beside the input and in it, but not in both', async () => {
  const id = await started()
  const twice = await abort({ job_execution_id: id, reason: 'a', rollback: true }, { reason: 'b' })
  expect(twice.status).toBe(400)
  expect(pointersOf(twice)).toEqual(['/reason'])
  const once = await abort({ job_execution_id: id, rollback: true }, { reason: 'b' })
  expect(once.body.abort_request).toMatchObject({ reason: 'b', rollback: true, requested_by: CALLER })
})

test.each([
  ['as its example has it', (id: string) => ({ job_execution_id: [id], abort_mode: 'force' })],
  ['as its schema has it', (id: string) => ({ job_execution_ids: [id], abort_mode: 'force' })],
  ['as one id', (id: string) => ({ job_execution_id: id, abort_mode: 'force' })],
])('a job is aborted %s', async (_how, inputOf) => {
  const id = await started()
  const reply = await abort(inputOf(id))
  expect(reply.status).toBe(202)
  expect(reply.body).toMatchObject({ job_execution_id: id, abort_request: { mode: 'force' } })
})

test('an empty list of ids is refused: it does not mean all jobs', async () => {
  const id = await started()
  const reply = await abort({ job_execution_ids: [] })
  expect([reply.status, pointersOf(reply)]).toEqual([400, ['/input/job_execution_id']])
  expect((await product.jobs.get(id))?.abort_request).toBeNull()
})

test('a body of very many unknown properties is answered shortly', async () => {
  const many = Object.fromEntries(Array.from({ length: 20_000 }, (_, i) => [`all${i}`, true]))
  const reply = await abort({ job_execution_id: 'x', ...many })
  expect(reply.status).toBe(400)
  expect(reply.body.errors).toHaveLength(20)
  expect(reply.text.length).toBeLessThan(5_000)
})
