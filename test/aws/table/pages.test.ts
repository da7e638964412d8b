import { BatchWriteItemCommand, type WriteRequest } from '@aws-sdk/client-dynamodb'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { encode } from '#aws/table/codec.ts'
import { TableJobIndex } from '#aws/table/job-index.ts'
import { jobKey } from '#aws/table/keys.ts'
import { ABORT_MODES } from '#core/job/job.ts'
import { listJobs } from '#engine/jobs/list.ts'
import type { Templates } from '#engine/ports.ts'
import { abort, jobAfter } from '#test/core/samples.ts'
import { clientOf, KEPT_DAYS, startTable, TABLE, type Table } from '../table.ts'

let table: Table
/** How many items each query read. */
let reads: number[]
beforeAll(async () => {
  table = await startTable()
  for (const template of ['few', 'many']) await write(template, template === 'few' ? 60 : 1_200)
}, 60_000)
beforeEach(() => {
  reads = []
})
afterAll(() => table.stop())

/** Every hundredth is being cancelled; a twentieth belongs to the tenant `acme`. */
async function write(template: string, count: number): Promise<void> {
  const items = Array.from({ length: count }, (_, i): WriteRequest => {
    const id = `${template}-${String(i).padStart(4, '0')}`
    const created_at = new Date(Date.UTC(2026, 0, 1) + i * 1000).toISOString()
    const job = i % 100 === 0 ? jobAfter(abort('graceful')) : jobAfter()
    const own = { job_execution_id: id, template, tenant_id: i % 20 === 0 ? 'acme' : 'default' }
    return {
      PutRequest: { Item: encode(jobKey(id), { ...job, ...own, created_at, updated_at: created_at }) },
    }
  })
  for (let i = 0; i < items.length; i += 25) {
    const batch = new BatchWriteItemCommand({ RequestItems: { [TABLE]: items.slice(i, i + 25) } })
    await table.client.send(batch)
  }
}

const templates = (names: string[]): Templates => ({
  names: () => names,
  machines: () => [],
  all: async () => [],
  attached: () => undefined,
  abortModes: () => ABORT_MODES,
  byName: () => Promise.reject(new Error('no template is read')),
  ofJob: async () => null,
  ofExecution: async () => undefined,
})

function ports(names: string[]) {
  const client = clientOf(table.endpoint)
  client.middlewareStack.add(
    (next) => async (args) => {
      const answer = await next(args)
      reads.push((answer.output as { ScannedCount: number }).ScannedCount)
      return answer
    },
    { step: 'initialize', name: 'countReads' },
  )
  const index = new TableJobIndex({ client, tableName: TABLE, retentionDays: KEPT_DAYS })
  return { index, templates: templates(names) }
}

/** All pages from the first to the last, and how many items were read for the dearest of them. */
async function allPages(known: ReturnType<typeof ports>, query: object) {
  const ids: string[] = []
  let pages = 0
  let most = 0
  let next_token: string | null | undefined
  do {
    reads.length = 0
    const page = await listJobs(known, { limit: 25, ...query, ...(next_token ? { next_token } : {}) })
    ids.push(...page.jobs.map((job) => job.job_execution_id))
    most = Math.max(
      most,
      reads.reduce((sum, read) => sum + read, 0),
    )
    pages += 1
    next_token = page.next_token
  } while (next_token)
  return { ids, pages, most }
}

test('a list of 25 reads 26 items of its template, in one query, however many there are', async () => {
  const { jobs, next_token } = await listJobs(ports(['many']), { limit: 25 })
  expect(jobs).toHaveLength(25)
  expect(next_token).not.toBeNull()
  expect(reads).toEqual([26])
})

test('all pages of two templates together are all jobs, newest first, each once', async () => {
  const { ids, most } = await allPages(ports(['few', 'many']), {})
  expect(ids).toHaveLength(1_260)
  expect(new Set(ids).size).toBe(1_260)
  const times = ids.map((id) => id.split('-')[1]!)
  expect(times).toEqual(times.toSorted().reverse())
  expect(most).toBeLessThanOrEqual(52)
})

test('the jobs being cancelled are found in the index of those that have not ended, each once', async () => {
  const { ids } = await allPages(ports(['few', 'many']), { state: 'CANCELLING' })
  expect(ids).toHaveLength(13)
  expect(new Set(ids).size).toBe(13)
})

test.each([
  ['a state that no job is in', { state: 'FAILED' }, 0],
  ['a tenant', { tenant_id: 'acme' }, 63],
  ['a tenant and a state', { tenant_id: 'acme', state: 'CANCELLING' }, 13],
  ['no tenant of these', { tenant_id: 'none' }, 0],
] as const)(
  'a filter by %s finds them all, and reads at most 1,000 items of an index for a page',
  async (_by, filter, found) => {
    const { ids, pages, most } = await allPages(ports(['many', 'few']), filter)
    expect(ids).toHaveLength(found)
    expect(new Set(ids).size).toBe(found)
    expect(pages).toBeGreaterThan(1)
    expect(most).toBeLessThanOrEqual(1_060)
  },
)
