import { afterAll, beforeAll, expect, test } from 'vitest'
import { MAX_PROGRESS_BYTES } from '#core/value.ts'
import { inBytesAndObjects } from '#functions/steps/object-migration/batch/amount.ts'
import { deleteBatch } from '#functions/steps/object-migration/delete/delete-batch.ts'
import { verifyBatch } from '#functions/steps/object-migration/verify/verify-batch.ts'
import { startJob } from './migration-job.ts'
import { put } from './objects.ts'
import { type Stores, startStores } from './stores.ts'
import { newMemory, runTools } from './tools.ts'

const COUNT = 5
const SIZE = 30

let stores: Stores
beforeAll(async () => {
  stores = await startStores()
  for (let i = 0; i < COUNT; i += 1) await put(stores.from, { key: `${i}` }, SIZE)
})
afterAll(() => stores.close())

const whole = { objects: COUNT, bytes: COUNT * SIZE }
const all = { objects: 9_000, bytes: 80_000 }

test('each phase counts bytes and objects, and knows the total of all batches', async () => {
  const job = startJob(stores, { remain_source: false })
  const listing = newMemory()
  await job.list({ memory: listing })
  expect(listing.progress.at(0)).toEqual(inBytesAndObjects(whole, null))
  expect(listing.progress.at(-1)).toEqual(inBytesAndObjects(whole, whole))
  await job.copy(0)
  const verifying = newMemory()
  await verifyBatch(stores.connections, { item: 0, all }, runTools(job.job, { memory: verifying }))
  const deleting = newMemory()
  await deleteBatch(stores.connections, { item: 0, all }, runTools(job.job, { memory: deleting }))
  expect(verifying.progress.at(-1)).toEqual(inBytesAndObjects(whole, whole, all))
  expect(deleting.progress.at(-1)).toMatchObject({ map_total: all.bytes, total: whole.bytes })
  for (const { progress } of [verifying, deleting]) {
    const done = progress.map(({ also }) => also!.done)
    expect(done).toEqual(done.toSorted((a, b) => a - b))
    expect(progress.map(({ done }) => done)).toEqual(done.map((objects) => objects * SIZE))
  }
  const reporting = newMemory()
  await job.report({ memory: reporting })
  expect(reporting.progress.at(-1)).toEqual(inBytesAndObjects(whole, whole))
})

test('the progress of the largest migration fits the item of a step', () => {
  const most = { objects: 1e9, bytes: Number.MAX_SAFE_INTEGER }
  expect(JSON.stringify(inBytesAndObjects(most, most, most)).length).toBeLessThanOrEqual(MAX_PROGRESS_BYTES)
})
