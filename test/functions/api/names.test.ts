import { createRouter } from 'standdown-local/router'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { jobPath } from '#core/api/job-path.ts'
import { executionArnOf } from '#core/job/job.ts'
import { NOT_STARTED, startCleanUp, startStandDown, startTidying } from '#engine/stand-down/start.ts'
import { handler as abortJob } from '#functions/api/abort-job.ts'
import { handler as jobs } from '#functions/api/jobs.ts'
import { inline } from '#test/core/samples.ts'
import { ask } from '../http-event.ts'
import { MACHINE, type Product, startProduct } from '../product.ts'

/** Names that Step Functions admits, of executions started past the API. */
const NAMES = ['.', '..', 'v1.2', '-', 'order(7)', "it's+a=b@c!", 'ä', '注文', '🙂', `${'x.'.repeat(40)}`]

let product: Product
beforeAll(async () => {
  product = await startProduct()
  for (const [i, name] of NAMES.entries()) await adopted(name, i)
})
afterAll(() => product.stop())

async function adopted(job_execution_id: string, i: number): Promise<void> {
  const at = new Date(Date.UTC(2026, 0, 1, 0, 0, i)).toISOString()
  const about = {
    template: 'demo',
    tenant_id: 'default',
    created_by: 'external',
    created_at: at,
    input: inline({}),
  }
  const execution = { execution_arn: executionArnOf(MACHINE, job_execution_id), execution_started_at: at }
  const job = { job_execution_id, ...execution, ...about }
  await product.jobs.apply(job_execution_id, { type: 'create', at, job })
}

const ROUTES = ['/jobs/{id}', '/jobs/{id}/steps', '/jobs/{id}/events'].map((path) => `GET ${path}`)
const POSTS = ['/jobs/{id}/abort', '/jobs/{id}/clean-up', '/v1/{tenantId}/jobs/{id}/abort'].map(
  (path) => `POST ${path}`,
)
const ALL = [...ROUTES, ...POSTS]
const router = createRouter({
  routes: ALL.map((routeKey) => ({ routeKey, functionName: routeKey, payloadFormatVersion: '2.0' })),
})

/** The parameters that API Gateway makes of the URL as a client sends it. */
function sent(route: string, name: string) {
  const [method = '', path = ''] = route.split(' ')
  const encoded = jobPath(name).replace('/jobs/', '')
  const { pathname } = new URL(path.replace('{id}', encoded).replace('{tenantId}', 'default'), 'http://x')
  const match = router(method, pathname)
  expect(match?.route.routeKey).toBe(route)
  return { path: match!.pathParameters }
}

describe.each(NAMES)('the name %j', (name) => {
  test.each(ROUTES)('is found at %s', async (route) => {
    expect((await ask(jobs, route, sent(route, name))).status).toBe(200)
  })

  test('is aborted at every route, and answered with where the job is', async () => {
    for (const route of POSTS.filter((post) => post.endsWith('abort'))) {
      const reply = await ask(abortJob, route, sent(route, name))
      expect([200, 202]).toContain(reply.status)
      expect(reply.headers.location).toBe(jobPath(name))
    }
    const byBody = await ask(abortJob, 'POST /abort-job', { body: { input: { job_execution_id: name } } })
    expect(byBody).toMatchObject({ status: 200, body: { job_execution_id: name } })
  })

  test('reaches the clean-up, which has nothing to do', async () => {
    const route = 'POST /jobs/{id}/clean-up'
    expect((await ask(abortJob, route, sent(route, name))).status).toBe(409)
  })

  test('names stand-downs that Step Functions admits, one for each of its starts', async () => {
    const names: string[] = []
    const standDowns = {
      start: async (name: string) => names.push(name) > 0,
      hasEnded: async () => false,
      runs: () => false,
      running: async () => [],
      inputOf: async () => undefined,
    }
    const job = (await product.jobs.get(name))!
    const run = { run: 12_345, requested_by: 'me', requested_at: job.created_at, ended_at: null }
    await startStandDown({ standDowns }, { ...job, generation: 12_345 }, NOT_STARTED)
    await startCleanUp({ standDowns }, { ...job, clean_up: run })
    expect(new Set(names).size).toBe(2)
    for (const taken of names) expect([...taken].length).toBeLessThanOrEqual(80)
  })
})

test('the list pages through them by its own tokens', async () => {
  const found: unknown[] = []
  let next: string | null = null
  do {
    const query = { template: 'demo', limit: '1', ...(next ? { next_token: next } : {}) }
    const reply = await ask(jobs, 'GET /jobs', { query })
    expect(reply.status).toBe(200)
    const page = reply.body as unknown as { items: { job_execution_id: string }[]; next_token: string | null }
    found.push(...page.items.map((job) => job.job_execution_id))
    next = page.next_token
  } while (next)
  expect(found).toEqual(NAMES.toReversed())
})

test.each(['%zz', '%', '%E0%A4%A', '%2F', 'a%252Fb', '%00', '{id}', '*'])(
  'the path %j names no job: 404',
  async (id) => {
    for (const route of ROUTES) expect((await ask(jobs, route, { path: { id } })).status).toBe(404)
    for (const route of POSTS)
      expect((await ask(abortJob, route, { path: { id, tenantId: 'a' } })).status).toBe(404)
  },
)

test('no start of one job takes the name of another job’s', async () => {
  const names: string[] = []
  const standDowns = {
    start: async (name: string) => names.push(name) > 0,
    hasEnded: async () => false,
    runs: () => false,
    running: async () => [],
    inputOf: async () => undefined,
  }
  const clock = { now: () => 0, after: () => () => undefined, every: () => () => undefined }
  const [some] = NAMES
  const like = (await product.jobs.get(some!))!
  const run = { run: 1, requested_by: 'me', requested_at: like.created_at, ended_at: null }
  const ids = ['a', 'a-1', 'a-again', 'a-1-again', 'a-0-tidy', 'a-tidy', 'a-0']
  for (const job_execution_id of ids) {
    for (const generation of [0, 1]) {
      await startStandDown({ standDowns }, { ...like, job_execution_id, generation }, NOT_STARTED)
    }
    await startCleanUp({ standDowns }, { ...like, job_execution_id, clean_up: run })
    await startTidying({ standDowns, clock }, { ...like, job_execution_id })
  }
  expect(new Set(names).size).toBe(ids.length * 4)
})
