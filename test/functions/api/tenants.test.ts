import { randomUUID } from 'node:crypto'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { handler as abortJob } from '#functions/api/abort-job.ts'
import { handler as executeJob } from '#functions/api/execute-job.ts'
import { handler as jobs } from '#functions/api/jobs.ts'
import type { HttpLambda } from '#functions/middleware/http.ts'
import { ask, pointersOf, type Reply, type RequestParts } from '../http-event.ts'
import { type Product, startProduct } from '../product.ts'

const ROLE = 'arn:aws:iam::000000000000:role'
const sessionOf = (role: string, session = 's'): string =>
  `arn:aws:sts::000000000000:assumed-role/${role}/${session}`
const ACME = sessionOf('Acme')
const OTHER = sessionOf('Other')

let product: Product
let acmes: string
let others: string
beforeAll(async () => {
  product = await startProduct()
})
beforeEach(async () => {
  process.env.TENANTS = JSON.stringify({ [`${ROLE}/Acme`]: 'acme', [`${ROLE}/Ot*`]: 'other' })
  acmes = await started(ACME)
  others = await started(OTHER)
})
afterEach(() => {
  delete process.env.TENANTS
})
afterAll(() => product.stop())

const start = (caller: string, more: object = {}, parts: RequestParts = {}): Promise<Reply> =>
  ask(executeJob, 'POST /execute-job', {
    body: { job_template_fq_name: 'demo', input: {}, ...more },
    caller,
    ...parts,
  })
const started = async (caller: string): Promise<string> => String((await start(caller)).body.job_execution_id)

/** Every route by which somebody reaches a job. */
const ROUTES: [string, HttpLambda, (id: string) => RequestParts][] = [
  ['GET /jobs/{id}', jobs, (id) => ({ path: { id } })],
  ['GET /jobs/{id}/steps', jobs, (id) => ({ path: { id } })],
  ['GET /jobs/{id}/events', jobs, (id) => ({ path: { id } })],
  ['GET /jobs/{id}/definition', jobs, (id) => ({ path: { id } })],
  ['POST /jobs/{id}/abort', abortJob, (id) => ({ path: { id }, body: { dry_run: true } })],
  ['POST /jobs/{id}/abort', abortJob, (id) => ({ path: { id }, body: { mode: 'force' } })],
  ['POST /jobs/{id}/clean-up', abortJob, (id) => ({ path: { id } })],
  ['POST /abort-job', abortJob, (id) => ({ body: { input: { job_execution_id: id } } })],
  ['POST /v1/{tenantId}/jobs/{id}/abort', abortJob, (id) => ({ path: { tenantId: 'acme', id } })],
  ['POST /v1/{tenantId}/jobs/{id}/abort', abortJob, (id) => ({ path: { tenantId: 'other', id } })],
]

describe.each(ROUTES)('%s', (route, handler, parts) => {
  test('of a job of another tenant answers exactly as that of no job, and changes nothing', async () => {
    const before = await product.jobs.get(others)
    const none = randomUUID()
    const foreign = await ask(handler, route, { ...parts(others), caller: ACME })
    const missing = await ask(handler, route, { ...parts(none), caller: ACME })
    expect(foreign.status).toBe(404)
    expect(foreign.text).toBe(missing.text.replaceAll(none, others))
    expect(await product.jobs.get(others)).toEqual(before)
  })

  test('of a caller who is bound to nothing answers 403', async () => {
    const reply = await ask(handler, route, { ...parts(acmes), caller: sessionOf('Stranger') })
    expect(reply).toMatchObject({ status: 403, body: { title: 'Forbidden' } })
  })
})

test('what belongs to the caller’s tenant is found', async () => {
  const own = await ask(jobs, 'GET /jobs/{id}', { path: { id: acmes }, caller: ACME })
  expect(own.body).toMatchObject({ job_execution_id: acmes, tenant_id: 'acme', created_by: ACME })
  const path = { tenantId: 'acme', id: acmes }
  const aborted = await ask(abortJob, 'POST /v1/{tenantId}/jobs/{id}/abort', { path, caller: ACME })
  expect(aborted.status).toBe(202)
})

test.each([{}, { state: 'PENDING' }, { template: 'demo' }])(
  'the list with %j has the jobs of the tenant alone',
  async (query) => {
    const { items } = (await ask(jobs, 'GET /jobs', { query, caller: ACME })).body as {
      items: { job_execution_id: string; tenant_id: string }[]
    }
    expect(items.map((job) => job.job_execution_id)).toContain(acmes)
    expect(new Set(items.map((job) => job.tenant_id))).toEqual(new Set(['acme']))
  },
)

test('a job is started for the tenant of its caller, and for no other', async () => {
  const reply = await start(ACME, { tenant_id: 'acme' })
  expect((await product.jobs.get(String(reply.body.job_execution_id)))?.tenant_id).toBe('acme')
  const foreign = await start(ACME, { tenant_id: 'other' })
  expect(foreign.status).toBe(400)
  expect(pointersOf(foreign)).toEqual(['/tenant_id'])
  expect((await start(sessionOf('Stranger'))).status).toBe(403)
})

test('one key names one job for all sessions of a role; who started it is the session', async () => {
  const headers = { 'idempotency-key': randomUUID() }
  const [first, second] = ['a', 'b'].map((name) => sessionOf('Acme', name)) as [string, string]
  const once = await start(first, {}, { headers })
  const again = await start(second, {}, { headers })
  expect(again.body).toEqual(once.body)
  expect((await product.jobs.get(String(once.body.job_execution_id)))?.created_by).toBe(first)
  const another = await start(OTHER, {}, { headers })
  expect(another.body.job_execution_id).not.toBe(once.body.job_execution_id)
})
