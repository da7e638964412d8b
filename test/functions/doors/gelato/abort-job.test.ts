import { afterAll, beforeAll, expect, test } from 'vitest'
import { handler as abortJob } from '#functions/api/abort-job.ts'
import { handler as executeJob } from '#functions/api/execute-job.ts'
import { ask, pointersOf } from '../../http-event.ts'
import { type Product, startProduct } from '../../product.ts'

let product: Product
beforeAll(async () => {
  product = await startProduct()
})
afterAll(() => product.stop())

async function started(tenant_id: string): Promise<string> {
  const body = { job_template_fq_name: 'demo', input: {}, tenant_id }
  return String((await ask(executeJob, 'POST /execute-job', { body })).body.job_execution_id)
}

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

test('both words for the mode are taken, and two that differ are refused by both names', async () => {
  const id = await started('acme')
  const abort = (body: object) =>
    ask(abortJob, 'POST /v1/{tenantId}/jobs/{id}/abort', { path: { tenantId: 'acme', id }, body })
  const torn = await abort({ mode: 'force', abort_mode: 'graceful' })
  expect([torn.status, pointersOf(torn)]).toEqual([400, ['/mode', '/abort_mode']])
  expect((await product.jobs.get(id))?.abort_request).toBeNull()
  expect((await abort({ abort_mode: 'force' })).status).toBe(202)
  expect((await product.jobs.get(id))?.abort_request?.mode).toBe('force')
})
