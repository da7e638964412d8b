import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { jobView } from '#core/api/answers.ts'
import type { JsonText, JsonValue } from '#core/value.ts'
import { handler as executeJob } from '#functions/api/execute-job.ts'
import { handler as jobs } from '#functions/api/jobs.ts'
import { create } from '#test/core/samples.ts'
import { ask, pointersOf } from '../http-event.ts'
import { MACHINE, type Product, startProduct } from '../product.ts'

let product: Product
let id: string
beforeAll(async () => {
  product = await startProduct()
  const body = { job_template_fq_name: 'demo', input: {} }
  id = String((await ask(executeJob, 'POST /execute-job', { body })).body.job_execution_id)
})
afterAll(() => product.stop())

const show = (headers: Record<string, string> = {}) => ask(jobs, 'GET /jobs/{id}', { path: { id }, headers })
const list = (query: Record<string, string>) => ask(jobs, 'GET /jobs', { query })

describe('If-None-Match', () => {
  test.each<[string, (etag: string) => string, number]>([
    ['its tag', (etag) => etag, 304],
    ['its tag, weak', (etag) => `W/${etag}`, 304],
    ['a list with its tag', (etag) => `"a,b", W/${etag} , "c"`, 304],
    ['any', () => '*', 304],
    ['another tag', () => '"x"', 200],
    ['its tag without quotes', (etag) => etag.replaceAll('"', ''), 200],
    ['nothing', () => '', 200],
  ])('with %s is compared as RFC 9110 says', async (_what, header, status) => {
    const { etag = '' } = (await show()).headers
    const reply = await show({ 'if-none-match': header(etag) })
    expect(reply.status).toBe(status)
    expect(reply.headers.etag).toBe(etag)
    expect(reply.text === '').toBe(status === 304)
  })

  const lifeOfJob = async (jobId: string) => ({
    execution_arn: (await product.jobs.get(jobId))!.execution_arn,
    execution_started_at: new Date().toISOString(),
  })

  test('a job that changed has another tag', async () => {
    const { etag } = (await show()).headers
    await product.jobs.apply(id, {
      type: 'begin',
      at: new Date().toISOString(),
      execution: await lifeOfJob(id),
    })
    const reply = await show({ 'if-none-match': etag ?? '' })
    expect(reply.status).toBe(200)
    expect(jobView.parse(reply.body).state).toBe('ONGOING')
  })
})

describe('the list', () => {
  test('has a tag, and counts those that have not ended where that is asked for', async () => {
    const first = await list({ counts: 'active' })
    expect(first.body.counts).toMatchObject({ PENDING: 0, ONGOING: 1, CANCELLING: 0, complete: true })
    const headers = { 'if-none-match': first.headers.etag ?? '' }
    const query = { counts: 'active' }
    expect((await ask(jobs, 'GET /jobs', { query, headers })).status).toBe(304)
    expect((await list({})).body).not.toHaveProperty('counts')
  })

  test.each<[Record<string, string>, string]>([
    [{ limit: '0' }, '/limit'],
    [{ limit: '-1' }, '/limit'],
    [{ limit: '101' }, '/limit'],
    [{ limit: '1e1' }, '/limit'],
    [{ limit: '0x10' }, '/limit'],
    [{ limit: '5,6' }, '/limit'],
    [{ limit: '' }, '/limit'],
    [{ state: 'DONE' }, '/state'],
    [{ template: '' }, '/template'],
    [{ next_token: 'garbage' }, '/next_token'],
    [{ next_token: Buffer.from('2026-01-01T00:00:00Z#a b').toString('base64url') }, '/next_token'],
    [{ all: 'true' }, '/all'],
  ])('with %j is refused', async (query, pointer) => {
    const reply = await list(query)
    expect(reply.status).toBe(400)
    expect(pointersOf(reply)).toEqual([pointer])
  })

  test('takes a limit, and has none of an unknown template', async () => {
    expect((await list({ limit: '1' })).body).toMatchObject({ items: [{ job_execution_id: id }] })
    expect((await list({ template: '__proto__' })).body).toEqual({ items: [], next_token: null })
  })
})

test.each(['GET /jobs/{id}', 'GET /jobs/{id}/events'])(
  '%s of no job is 404, however its id is written',
  async (route) => {
    for (const wrong of ['none', 'a/b', '..', '\u0000', `${id}\n`, 'JOB#1']) {
      expect((await ask(jobs, route, { path: { id: wrong } })).status).toBe(404)
    }
  },
)

test('the templates are shown without where their functions are', async () => {
  const reply = await ask(jobs, 'GET /templates')
  expect(reply.body).toMatchObject({ items: [{ name: 'demo', steps: [{ name: 'copy' }] }] })
  expect(reply.text).not.toContain('arn:copy')
})

test('a route that is none is 404', async () => {
  expect((await ask(jobs, 'GET /nothing')).status).toBe(404)
})

describe('an input is shown as it was given', () => {
  const outside = async (job_execution_id: string, input: JsonValue) => {
    const created_at = '2026-01-31T09:00:00.000Z'
    const job = {
      ...create.job,
      job_execution_id,
      execution_arn: `${MACHINE}:${job_execution_id}`,
      created_at,
      input,
    }
    await product.jobs.apply(job_execution_id, { type: 'create', at: created_at, job })
    return ask(jobs, 'GET /jobs/{id}', { path: { id: job_execution_id } })
  }

  test.each([
    ['33 levels', '['.repeat(33) + ']'.repeat(33)],
    ['20,000 levels', '['.repeat(20_000) + ']'.repeat(20_000)],
    ['large numbers', '{"n":12345678901234567890,"m":1e400,"z":1.0}'],
    ['half a character', '{"a":"\\ud800"}'],
    ['its own order', '{"z":1,"10":2,"a":3}'],
  ])('%s', async (what, text) => {
    const shown = await outside(`input-${what.replaceAll(/\W/g, '-')}`, { text: text as JsonText })
    expect(shown.status).toBe(200)
    expect(shown.text).toContain(`"input":${text},"abort_request"`)
  })

  test('a large one by the job alone, and null in a list', async () => {
    const text = JSON.stringify({ text: 'x'.repeat(200_000) }) as JsonText
    const input = await product.values.put('input-large', { place: 'INPUT#1', write: 1, text })
    expect((await outside('input-large', input)).text).toContain(`"input":${text},"abort_request"`)
    const { items } = (await list({ limit: '100' })).body as {
      items: { job_execution_id: string; input: unknown }[]
    }
    expect(items.find((job) => job.job_execution_id === 'input-large')?.input).toBeNull()
    expect(items.find((job) => job.job_execution_id === 'input-its-own-order')?.input).toEqual({
      z: 1,
      10: 2,
      a: 3,
    })
  })
})
