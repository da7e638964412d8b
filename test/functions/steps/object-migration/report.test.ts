import { afterEach, beforeEach, expect, test } from 'vitest'
import { JobAborted } from '#sdk/index.ts'
import { startJob } from './migration-job.ts'
import { jsonOf, linesOf, put } from './objects.ts'
import { type Stores, startStores } from './stores.ts'
import { newMemory } from './tools.ts'

let stores: Stores
beforeEach(async () => {
  stores = await startStores()
})
afterEach(() => stores.close())

type Report = {
  summed_up_at: string
  counts: Record<string, { objects: number; bytes: number }>
  examples: Record<string, unknown[]>
}
const reportOf = ({ job }: ReturnType<typeof startJob>) =>
  jsonOf<Report>(stores.from, `jobs/${job.job_execution_id}/report.json`)

test('what the filter left out is counted, listed and shown', async () => {
  for (const key of ['a.jpg', 'b.txt', 'c.txt']) await put(stores.from, { key }, 5)
  const job = startJob(stores, { filter: { suffix: '.jpg' } })
  await job.copyAll()
  expect(await job.verifyAll()).toMatchObject({
    counts: { copied: { objects: 1, bytes: 5 }, skipped: { objects: 2, bytes: 10 } },
    examples: { skipped: [{ key: 'b.txt' }, { key: 'c.txt' }] },
    report: expect.stringMatching(/^s3:\/\/work\/jobs\/.*\/report.json$/),
  })
})

test('the first hundred of each are in the result, fewer where they are long, and all in the files', async () => {
  const keys = Array.from({ length: 120 }, (_, i) => `${String(i).padStart(3, '0')}${'ü'.repeat(190)}`)
  await Promise.all(keys.map((key) => put(stores.from, { key }, 1)))
  const job = startJob(stores, { concurrency: 32 })
  const batches = await job.copyAll()
  const result = await job.verifyAll()
  expect(result.counts).toMatchObject({ copied: { objects: 120 } })
  expect(result.examples.copied!.length).toBeGreaterThan(20)
  expect(Buffer.byteLength(JSON.stringify(result))).toBeLessThanOrEqual(24 * 1024)
  expect((await reportOf(job)).examples.copied).toHaveLength(100)
  const lines = await Promise.all(batches.map((batch) => linesOf(stores.from, job, batch)))
  expect(lines.flat().map(({ key }) => key)).toEqual(keys)
})

test('an aborted copy is reported as far as it came, and a rollback says what it removed', async () => {
  for (let i = 0; i < 130; i += 1) await put(stores.from, { key: String(i).padStart(3, '0') }, 3)
  const job = startJob(stores)
  await job.list()
  const memory = newMemory()
  const abort = new AbortController()
  const onCheckpoint = (count: number) => {
    if (count === 20) abort.abort(new JobAborted('the job is CANCELLING'))
  }
  await job.copy(0, { memory, signal: abort.signal, onCheckpoint }).catch(() => undefined)
  await job.abort(0, { memory })
  const { counts } = await reportOf(job)
  expect(counts.unverified!.objects).toBeGreaterThanOrEqual(19)
  expect(counts.pending!.objects).toBe(130 - counts.unverified!.objects)
  await job.abort(0, { memory, rollback: true })
  const after = await reportOf(job)
  expect(after.counts.removed).toEqual(counts.unverified)
  expect(after.counts).toMatchObject({ unverified: { objects: 0 }, pending: counts.pending })
})

test('a job that is aborted before its first copy has a report, in which all is pending', async () => {
  for (const key of ['a.jpg', 'b.txt']) await put(stores.from, { key }, 5)
  const job = startJob(stores, { filter: { suffix: '.jpg' } })
  const before = new Date().toISOString()
  await job.list()
  const report = await reportOf(job)
  expect(report.counts).toMatchObject({
    pending: { objects: 1, bytes: 5 },
    skipped: { objects: 1, bytes: 5 },
  })
  expect(report.summed_up_at >= before).toBe(true)
})
