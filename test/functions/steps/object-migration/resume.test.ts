import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { StepOutOfTime } from '#sdk/index.ts'
import { startJob } from './migration-job.ts'
import { keysOf, linesOf, put, remove } from './objects.ts'
import { opaqueEtags } from './opaque-etags.ts'
import { type Stores, startStores } from './stores.ts'
import { newMemory, type RunSettings } from './tools.ts'

const OBJECTS = 210
let stores: Stores
beforeAll(async () => {
  stores = await startStores()
  const keys = Array.from({ length: OBJECTS }, (_, i) => String(i).padStart(3, '0'))
  await Promise.all(keys.map((key) => put(stores.from, { key }, 5)))
})
afterAll(() => stores.close())

const late = new StepOutOfTime('the time is nearly over')

/** Runs a step whose Lambda's time is over after every `each` safe points, until it ends. */
async function inSlices<Result>(each: number, step: (settings: RunSettings) => Promise<Result>) {
  const memory = newMemory()
  for (let attempt = 1; attempt < 20; attempt += 1) {
    const outOfTime = new AbortController()
    const onCheckpoint = (count: number) => {
      if (count === each) outOfTime.abort(late)
    }
    try {
      return { result: await step({ memory, attempt, signal: outOfTime.signal, onCheckpoint }), attempt }
    } catch (error) {
      if (error !== late) throw error
    }
  }
  throw new Error('the step never ended')
}

test('a verification in many attempts looks at every object once, where the lists prove nothing', async () => {
  const { endpoint, close } = await opaqueEtags(stores.to.endpoint)
  onTestFinished(close)
  const job = startJob(stores, { destination: { bucket: 'target', endpoint } })
  await job.copyAll()
  let heads = 0
  stores.to.intercept(async ({ operation, bucket }) => {
    if (operation === 'HeadObject' && bucket === 'target') heads += 1
    return undefined
  })
  const { result, attempt } = await inSlices(30, (settings) => job.verify(0, settings))
  stores.to.intercept(undefined)
  expect(attempt).toBeGreaterThan(3)
  expect(result).toMatchObject({ verified: 100, failed: 0, methods: { etag: 0 } })
  // at most those in flight when an attempt ended are looked at again
  expect(heads).toBeLessThanOrEqual(100 + 8 * attempt)
})

test('failures of every batch are counted and kept, in many attempts too', async () => {
  const job = startJob(stores, { destination: { bucket: 'target', prefix: 'holes/' } })
  const batches = await job.copyAll()
  for (const key of ['050', '150', '205']) await remove(stores.to, 'target', `holes/${key}`)
  for (const batch of batches) await inSlices(3, (settings) => job.verify(batch, settings))
  await expect(job.report()).rejects.toThrow(/^3 of 210 objects .* such as 050 /)
  const lines = await Promise.all(batches.map((batch) => linesOf(stores.from, job, batch)))
  const gone = lines.flat().filter(({ outcome }) => outcome === 'gone')
  expect(gone.map(({ key }) => key)).toEqual(['050', '150', '205'])
})

test('a batch copied in many attempts is copied once', async () => {
  const job = startJob(stores, { destination: { bucket: 'target', prefix: 'slow/' } })
  await job.list()
  let copies = 0
  stores.to.intercept(async ({ operation }) => {
    if (operation === 'CopyObject') copies += 1
    return undefined
  })
  const { result, attempt } = await inSlices(30, (settings) => job.copy(0, settings))
  stores.to.intercept(undefined)
  expect(attempt).toBeGreaterThan(3)
  expect(result).toEqual({ objects: 100, bytes: 500, failed: 0 })
  // at most those in flight when an attempt ended are copied again
  expect(copies).toBeLessThanOrEqual(100 + 16 * attempt)
})

test('a deletion in many attempts deletes everything and counts it once', async () => {
  const job = startJob(stores, { remain_source: false, destination: { bucket: 'target', prefix: 'moved/' } })
  await job.copyAll()
  await job.verifyAll()
  const { result, attempt } = await inSlices(70, (settings) => job.deleteSource(0, settings))
  expect(attempt).toBeGreaterThan(1)
  expect(result).toEqual({ deleted: 100, kept: 0 })
  await job.deleteAll()
  expect(await keysOf(stores.from, 'from')).toEqual([])
})
