import { CreateMultipartUploadCommand } from '@aws-sdk/client-s3'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { JobAborted } from '#sdk/index.ts'
import { startJob } from './migration-job.ts'
import { contentsOf, jsonOf, keysOf, put, uploadsOf } from './objects.ts'
import { MIB, type Stores, startStores } from './stores.ts'
import { newMemory } from './tools.ts'

let stores: Stores
const stop = new JobAborted('the job is CANCELLING')
beforeEach(async () => {
  stores = await startStores()
})
afterEach(() => stores.close())

const open = async (Key: string) => {
  const { UploadId } = await stores.to.client.send(
    new CreateMultipartUploadCommand({ Bucket: 'target', Key }),
  )
  return UploadId!
}

/** A job that was stopped between two parts of a large object. */
async function stoppedMidway() {
  await put(stores.from, { key: 'a' }, 10)
  await put(stores.from, { key: 'large' }, 26 * MIB)
  const job = startJob(stores)
  await job.list()
  const memory = newMemory()
  const abort = new AbortController()
  let parts = 0
  stores.to.intercept(async ({ operation }) => {
    if (operation === 'UploadPartCopy') parts += 1
    if (parts === 5) abort.abort(stop)
    return undefined
  })
  await expect(job.copy(0, { memory, signal: abort.signal })).rejects.toBe(stop)
  stores.to.intercept(undefined)
  return { job, memory }
}

test('a stop between two parts leaves the upload to the hook, which leaves nothing', async () => {
  const { job, memory } = await stoppedMidway()
  expect(await uploadsOf(stores.to, 'target')).toHaveLength(1)
  expect(memory.checkpoint).toMatchObject({ uploads: [{ i: 1, parts: expect.stringMatching(/^\d/) }] })
  await job.abort(0, { memory })
  expect(await uploadsOf(stores.to, 'target')).toEqual([])
  expect(await keysOf(stores.to, 'target')).toEqual(['a'])
  expect(await keysOf(stores.from, 'from')).toEqual(['a', 'large'])
})

test('an AbortMultipartUpload that fails is repeated', async () => {
  const { job, memory } = await stoppedMidway()
  let failures = 0
  stores.to.intercept(async ({ operation }) => {
    if (operation !== 'AbortMultipartUpload' || failures >= 4) return undefined
    failures += 1
    return 'fail'
  })
  await job.abort(0, { memory })
  expect(failures).toBe(4)
  expect(await uploadsOf(stores.to, 'target')).toEqual([])
})

test('a retry takes up the upload and copies only what is missing', async () => {
  const { job, memory } = await stoppedMidway()
  const calls: string[] = []
  stores.to.intercept(async ({ operation }) => {
    calls.push(operation)
    return undefined
  })
  expect(await job.copy(0, { memory, attempt: 2 })).toEqual({ objects: 2, bytes: 26 * MIB + 10, failed: 0 })
  expect(calls.filter((call) => call === 'CopyObject' || call === 'CreateMultipartUpload')).toEqual([])
  expect(calls.filter((call) => call === 'UploadPartCopy').length).toBeLessThan(6)
  expect(await contentsOf(stores.to, 'target')).toEqual(await contentsOf(stores.from, 'from'))
})

test("somebody else's uploads stay: of other keys, and those that were open before", async () => {
  const other = await open('large-too')
  const before = await open('large')
  const { job, memory } = await stoppedMidway()
  await job.abort(0, { memory })
  expect(new Set(await uploadsOf(stores.to, 'target'))).toEqual(new Set([other, before]))
})

test('a hook whose step never began a batch does nothing', async () => {
  const job = startJob(stores)
  await job.list()
  await job.abort(0)
  await job.abort(7, { rollback: true })
  expect(await keysOf(stores.to, 'target')).toEqual([])
})

test('a rollback removes what the job created and nothing that was there before', async () => {
  for (const key of ['mine', 'overwritten', 'replaced'])
    await put(stores.from, { key }, `${key} at the source`)
  await put(stores.to, { bucket: 'target', key: 'overwritten' }, 'older')
  await put(stores.to, { bucket: 'target', key: 'unrelated' }, 'foreign')
  const job = startJob(stores)
  await job.copyAll()
  await put(stores.to, { bucket: 'target', key: 'replaced' }, 'written by somebody after the copy')
  await job.revert(0)
  expect(await keysOf(stores.to, 'target')).toEqual(['overwritten', 'replaced', 'unrelated'])
  const report = await jsonOf(stores.from, `jobs/${job.job.job_execution_id}/reverted/00000.json`)
  expect(report).toEqual({
    removed: 1,
    kept: [
      { key: 'overwritten', reason: 'existed before' },
      { key: 'replaced', reason: 'changed since' },
    ],
    failed: [],
  })
  await job.revert(0)
  expect(await keysOf(stores.to, 'target')).toHaveLength(3)
})
