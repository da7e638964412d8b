import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { TableNotifications } from '#aws/table/notifications.ts'
import { jobList, jobView, stepList, stepWithValuesList, templateView } from '#core/api/answers.ts'
import type { Job } from '#core/job/job.ts'
import type { JsonText } from '#core/value.ts'
import { notificationsOfChange } from '#engine/notify.ts'
import { handler as executeJob } from '#functions/api/execute-job.ts'
import { handler as jobs } from '#functions/api/jobs.ts'
import { claim, NEW_STEP } from '#test/core/samples.ts'
import { ask, pointersOf, type Reply } from '../http-event.ts'
import { type Product, startProduct } from '../product.ts'

const CHILDREN = 130

let product: Product
let id: string
beforeAll(async () => {
  product = await startProduct()
  const body = { job_template_fq_name: 'demo', input: {} }
  id = String((await ask(executeJob, 'POST /execute-job', { body })).body.job_execution_id)
  const { execution_arn } = (await product.jobs.get(id))!
  const claimant = { execution_arn, execution_started_at: at(0), function_arn: null }
  for (let index = 0; index < CHILDREN; index += 1) {
    const step = { ...NEW_STEP, job_execution_id: id, index }
    await product.steps.apply(step, { ...claim('a'), at: at(index), step, claimant })
  }
})
afterAll(() => product.stop())

const STARTED = Math.floor(Date.now() / 1000)
const at = (second: number): string => new Date((STARTED + second) * 1000).toISOString()
const steps = (query: Record<string, string> = {}) =>
  ask(jobs, 'GET /jobs/{id}/steps', { path: { id }, query })
const tokenOf = ({ body }: Reply): string => String(body.next_token)

test('a job is answered with the first hundred of its steps, and with how many there are', async () => {
  const shown = jobView.parse((await ask(jobs, 'GET /jobs/{id}', { path: { id } })).body)
  expect(shown.steps).toHaveLength(100)
  expect(shown.step_counts.ONGOING).toBe(CHILDREN)
})

test('the list has no steps', async () => {
  const list = jobList.parse((await ask(jobs, 'GET /jobs')).body)
  expect(list.items.map((job) => job.job_execution_id)).toEqual([id])
})

describe('the steps', () => {
  test('come a hundred at a time, or as many as are asked for', async () => {
    const first = await steps()
    expect(stepList.parse(first.body).items).toHaveLength(100)
    const rest = stepList.parse((await steps({ next_token: tokenOf(first) })).body)
    expect(rest.items.map((step) => step.index)).toEqual(
      Array.from({ length: CHILDREN - 100 }, (_, i) => 100 + i),
    )
    expect(rest.next_token).toBeNull()
    expect(stepList.parse((await steps({ limit: '7' })).body).items).toHaveLength(7)
  })

  test('are those alone that were written later, where a time is given', async () => {
    for (const updated_after of [at(127), at(127).replace('.000Z', 'Z')]) {
      const found = stepList.parse((await steps({ updated_after })).body)
      expect(found.items.map((step) => step.index)).toEqual([128, 129])
    }
  })

  test('come ten at most with what they keep, as it was given', async () => {
    const owner = 'a'
    const lease_until = at(60)
    const data = { text: '{"n":1.0,"a":[]}' as JsonText }
    const event = { type: 'checkpoint' as const, at: at(0), owner, lease_until, report: { data } }
    await product.steps.apply({ ...NEW_STEP, job_execution_id: id, index: 3 }, event)
    const reply = await steps({ values: 'true', limit: '50' })
    const { items } = stepWithValuesList.parse(reply.body)
    expect(items).toHaveLength(10)
    expect(items[3]).toMatchObject({ checkpoint: { n: 1, a: [] }, result: null })
    expect(reply.text).toContain('"checkpoint":{"n":1.0,"a":[]}')
  })

  test.each([
    [{ limit: '1000' }, '/limit'],
    [{ values: 'yes' }, '/values'],
    [{ updated_after: 'now' }, '/updated_after'],
    [{ next_token: 'abc' }, '/next_token'],
    [{ next_token: Buffer.from('JOB').toString('base64url') }, '/next_token'],
    [{ next_token: Buffer.from(`STEP#${'x'.repeat(1020)}`).toString('base64url') }, '/next_token'],
    [{ state: 'ONGOING' }, '/state'],
  ])('with %j are refused', async (query, pointer) => {
    const reply = await steps(query)
    expect(reply.status).toBe(400)
    expect(pointersOf(reply)).toEqual([pointer])
  })
})

test('the events come page by page, in order, each once', async () => {
  const access = { client: product.client, tableName: 'jobs', retentionDays: 36_500 }
  const job = (await product.jobs.get(id))!
  const kept = Array.from({ length: 5 }, (_, i) => {
    const updated_at = at(i)
    const before = { ...job, updated_at }
    return notificationsOfChange({ before, after: { ...before, state: 'ONGOING', notified: 1 } as Job })
  }).flat()
  for (const record of kept) await new TableNotifications(access).keep(record)
  expect(kept).toHaveLength(5)
  const events = (query: Record<string, string>) =>
    ask(jobs, 'GET /jobs/{id}/events', { path: { id }, query })
  const first = await events({ limit: '3' })
  const second = await events({ limit: '3', next_token: tokenOf(first) })
  const times = [first, second].flatMap(({ body }) => body.items as { timestamp: string }[])
  expect(times.map(({ timestamp }) => timestamp)).toEqual([0, 1, 2, 3, 4].map(at))
  expect(second.body.next_token).toBeNull()
  const foreign = await events({ next_token: tokenOf(await steps()) })
  expect(pointersOf(foreign)).toEqual(['/next_token'])
})

test('a template is answered by its name, and an unknown one is 404', async () => {
  const template = (name: string) => ask(jobs, 'GET /templates/{name}', { path: { name } })
  const { body } = await template('demo')
  expect(templateView.parse(body)).toEqual(body)
  expect(body).toMatchObject({ name: 'demo', input_schema: { type: 'object' }, steps: [{ name: 'copy' }] })
  for (const name of ['none', '__proto__', '%zz', 'constructor'])
    expect((await template(name)).status).toBe(404)
})

test.each(['///', '/\\', '/functions/%zz/invocations', `/${'x'.repeat(9_000)}`, '/\u001b[31m'])(
  'the path %j, of no route, is refused in our words',
  async (rawPath) => {
    const reply = await ask(jobs, '$default', { method: 'POST', rawPath, text: '['.repeat(9_000) })
    expect(reply.status).toBe(404)
    expect(reply.headers['content-type']).toBe('application/problem+json')
    expect(reply.body.detail).toMatch(/^there is no route POST /)
    expect(reply.text.length).toBeLessThan(400)
  },
)
