import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { abortJobsItem } from '#core/api/answers.ts'
import { handler as abortJob } from '#functions/api/abort-job.ts'
import { handler as executeJob } from '#functions/api/execute-job.ts'
import { ask, pointersOf, type RequestParts } from '../http-event.ts'
import { type Product, startProduct } from '../product.ts'

let product: Product
beforeAll(async () => {
  product = await startProduct()
})
beforeEach(() => {
  product.failing.clear()
  product.calls.length = 0
})
afterAll(() => product.stop())

async function started(tenant_id = 'default'): Promise<string> {
  const body = { job_template_fq_name: 'demo', input: {}, tenant_id }
  return String((await ask(executeJob, 'POST /execute-job', { body })).body.job_execution_id)
}
const many = (count: number): Promise<string[]> => Promise.all(Array.from({ length: count }, () => started()))
const abortMany = async (body: unknown, parts: RequestParts = {}) => {
  const reply = await ask(abortJob, 'POST /jobs/abort', { body, ...parts })
  const items = (reply.body.items ?? []) as { job_execution_id: string; status: number; state?: string }[]
  for (const item of items) abortJobsItem.parse(item)
  return { ...reply, items }
}
const stops = (): number => product.calls.filter((call) => call === 'StopExecution').length

describe('an abort of many', () => {
  test('answers one result for each, in their order, as its own request would have been answered', async () => {
    const [first, second] = (await many(2)) as [string, string]
    await abortMany({ job_execution_ids: [second] })
    const gone = 'no-such-job'
    const { status, items } = await abortMany({
      job_execution_ids: [first, second, gone, first],
      reason: 'all',
    })
    expect(status).toBe(200)
    expect(items.map(({ job_execution_id, status: one }) => [job_execution_id, one])).toEqual([
      [first, 202],
      [second, 200],
      [gone, 404],
    ])
    expect((await product.jobs.get(first))?.abort_request).toMatchObject({ reason: 'all', mode: 'graceful' })
  })

  test('sends each stop once; a repeat sends and changes nothing', async () => {
    const ids = await many(30)
    product.calls.length = 0
    const body = { job_execution_ids: ids, mode: 'force' }
    expect((await abortMany(body)).items.every(({ status }) => status === 202)).toBe(true)
    expect(stops()).toBe(30)
    const versions = await Promise.all(ids.map(async (id) => (await product.jobs.get(id))?.version))
    expect((await abortMany(body)).items.every(({ status }) => status === 200)).toBe(true)
    expect(stops()).toBe(30)
    expect(await Promise.all(ids.map(async (id) => (await product.jobs.get(id))?.version))).toEqual(versions)
  })

  test('writes every flag before it sends the first stop, and holds where no stop goes through', async () => {
    const ids = await many(20)
    product.failing.set('StopExecution', 'AccessDeniedException')
    const { items } = await abortMany({ job_execution_ids: ids, mode: 'force' })
    expect(items.map(({ status, state }) => [status, state])).toEqual(ids.map(() => [202, 'CANCELLING']))
  })

  test('by a filter takes the open jobs that it matches, and those of the tenant alone', async () => {
    const mine = await started('acme')
    const theirs = await started('other')
    const before = new Date(Date.now() + 1000).toISOString()
    process.env.TENANTS = JSON.stringify({ 'arn:aws:iam::000000000000:user/acme': 'acme' })
    try {
      const parts = { caller: 'arn:aws:iam::000000000000:user/acme' }
      const filter = { template: 'demo', created_before: before }
      const dry = await abortMany({ filter, dry_run: true }, parts)
      expect(dry.body).toMatchObject({ count: 1, truncated: false })
      expect(dry.items).toEqual([{ job_execution_id: mine, status: 202, state: expect.any(String) }])
      expect((await product.jobs.get(mine))?.abort_request).toBeNull()
      expect((await abortMany({ filter }, parts)).items).toMatchObject([
        { job_execution_id: mine, status: 202 },
      ])
    } finally {
      delete process.env.TENANTS
    }
    expect((await product.jobs.get(theirs))?.abort_request).toBeNull()
  })

  test('by a time takes what was created before it', async () => {
    const id = await started()
    const { created_at = '' } = (await product.jobs.get(id)) ?? {}
    const matched = async (created_before: string) =>
      (await abortMany({ filter: { created_before }, dry_run: true })).items.map(
        (item) => item.job_execution_id,
      )
    expect(await matched(created_at)).not.toContain(id)
    expect(await matched(new Date(Date.parse(created_at) + 1).toISOString())).toContain(id)
  })

  test.each<[string, unknown, string]>([
    ['nothing', {}, ''],
    ['no ids', { job_execution_ids: [] }, '/job_execution_ids'],
    ['an empty filter', { filter: {} }, '/filter'],
    ['both', { job_execution_ids: ['a'], filter: { state: 'ONGOING' } }, ''],
    [
      '1,001 ids',
      { job_execution_ids: Array.from({ length: 1001 }, (_, i) => `j${i}`) },
      '/job_execution_ids',
    ],
    ['an id that is none', { job_execution_ids: ['a b'] }, '/job_execution_ids/0'],
    ['a state that has ended', { filter: { state: 'SUCCEEDED' } }, '/filter/state'],
    ['an unknown filter', { filter: { colour: 'red' } }, '/filter/colour'],
    ['a time that is none', { filter: { created_before: 'yesterday' } }, '/filter/created_before'],
    ['an unknown mode', { job_execution_ids: ['a'], mode: 'now' }, '/mode'],
  ])('%s is refused, and changes nothing', async (_what, body, pointer) => {
    const reply = await abortMany(body)
    expect([reply.status, pointersOf(reply)]).toEqual([400, expect.arrayContaining([pointer])])
    expect(product.calls).toEqual([])
  })

  test('no body is refused', async () => {
    expect((await ask(abortJob, 'POST /jobs/abort')).status).toBe(400)
  })
})
