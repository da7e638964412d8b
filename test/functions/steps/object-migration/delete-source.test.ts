import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { JobAborted } from '#sdk/index.ts'
import { startJob } from './migration-job.ts'
import { contentsOf, jsonOf, keysOf, put, remove } from './objects.ts'
import { type Stores, startStores } from './stores.ts'
import { newMemory } from './tools.ts'

let stores: Stores
const stop = new JobAborted('the job is CANCELLING')
beforeEach(async () => {
  stores = await startStores()
  for (const key of ['a', 'b', 'c', 'd']) await put(stores.from, { key }, `this is ${key}`)
})
afterEach(() => stores.close())

const moving = () => startJob(stores, { remain_source: false })

test('a move ends with every object at the destination only', async () => {
  const before = await contentsOf(stores.from, 'from')
  const job = moving()
  await job.copyAll()
  await job.verifyAll()
  expect(await job.deleteSource(0)).toEqual({ deleted: 4, kept: 0 })
  expect(await keysOf(stores.from, 'from')).toEqual([])
  expect(await contentsOf(stores.to, 'target')).toEqual(before)
})

test('nothing is deleted where the source is to remain', async () => {
  const job = startJob(stores)
  await job.copyAll()
  await job.verifyAll()
  expect(await job.deleteSource(0)).toMatchObject({ deleted: 0 })
  expect(await keysOf(stores.from, 'from')).toHaveLength(4)
})

test('without a verification nothing is deleted', async () => {
  const job = moving()
  await job.copyAll()
  await expect(job.deleteSource(0)).rejects.toThrow(/verified\/00000\/00000.json/)
  expect(await keysOf(stores.from, 'from')).toHaveLength(4)
})

test('an object written since, at either end, stays at the source', async () => {
  const job = moving()
  await job.copyAll()
  await job.verifyAll()
  await put(stores.from, { key: 'a' }, 'newer')
  await remove(stores.to, 'target', 'b')
  await put(stores.to, { bucket: 'target', key: 'c' }, 'of another size')
  expect(await job.deleteSource(0)).toMatchObject({ deleted: 1, kept: 3 })
  expect(await keysOf(stores.from, 'from')).toEqual(['a', 'b', 'c'])
})

test('an object that is written in the moment of its deletion stays', async () => {
  const job = moving()
  await job.copyAll()
  await job.verifyAll()
  stores.from.intercept(async ({ operation, key }) => {
    if (operation === 'DeleteObject') await put(stores.from, { key }, 'newer')
    return undefined
  })
  expect(await job.deleteSource(0)).toMatchObject({ deleted: 0, kept: 4 })
  stores.from.intercept(undefined)
  expect(await keysOf(stores.from, 'from')).toHaveLength(4)
})

describe('an abort', () => {
  test.each([1, 2, 3, 4])(
    'at look %d: each object is at both ends or at the destination only',
    async (nth) => {
      const whole = await contentsOf(stores.from, 'from')
      const job = moving()
      await job.copyAll()
      await job.verifyAll()
      const memory = newMemory()
      const abort = new AbortController()
      const onCheckpoint = (count: number) => {
        if (count === nth) abort.abort(stop)
      }
      await expect(job.deleteSource(0, { memory, signal: abort.signal, onCheckpoint })).rejects.toBe(stop)
      expect(await contentsOf(stores.to, 'target')).toEqual(whole)
      const left = await contentsOf(stores.from, 'from')
      expect(Object.keys(left).length).toBeGreaterThan(0)
      expect(whole).toMatchObject(left)
      await job.deleteSource(0, { memory, attempt: 2 })
      expect(await keysOf(stores.from, 'from')).toEqual([])
    },
  )

  test('seen at a point of no return deletes nothing more', async () => {
    const job = moving()
    await job.copyAll()
    await job.verifyAll()
    const abort = new AbortController()
    let looks = 0
    let deletions = 0
    stores.from.intercept(async ({ operation }) => {
      if (operation === 'DeleteObject') deletions += 1
      return undefined
    })
    const onPointOfNoReturn = () => {
      looks += 1
      if (looks === 2) abort.abort(stop)
    }
    await expect(job.deleteSource(0, { signal: abort.signal, onPointOfNoReturn })).rejects.toBe(stop)
    stores.from.intercept(undefined)
    expect(deletions).toBeLessThanOrEqual(1)
    expect((await keysOf(stores.from, 'from')).length).toBeGreaterThanOrEqual(3)
  })

  test('with a rollback keeps the copies of what is deleted already, and says so', async () => {
    const whole = await contentsOf(stores.from, 'from')
    const job = moving()
    await job.copyAll()
    await job.verifyAll()
    await remove(stores.from, 'from', 'a')
    await put(stores.from, { key: 'b' }, 'another object of that name')
    await job.revert(0)
    const { a, b } = whole
    expect(await contentsOf(stores.to, 'target')).toEqual({ a, b })
    const report = await jsonOf(stores.from, `jobs/${job.job.job_execution_id}/reverted/00000.json`)
    const reason = 'no longer at the source'
    expect(report).toEqual({
      removed: 2,
      kept: [
        { key: 'a', reason },
        { key: 'b', reason },
      ],
      failed: [],
    })
  })

  test('ends the step only when the deletions under way have ended', async () => {
    const job = moving()
    await job.copyAll()
    await job.verifyAll()
    const abort = new AbortController()
    const first = Promise.withResolvers<void>()
    const gate = Promise.withResolvers<void>()
    const deletions = { begun: 0, ended: 0 }
    stores.from.intercept(async ({ operation }) => {
      if (operation !== 'DeleteObject') return undefined
      deletions.begun += 1
      first.resolve()
      await gate.promise
      deletions.ended += 1
      return undefined
    })
    const ending = vi.fn((reason: unknown) => reason)
    const outcome = job.deleteSource(0, { signal: abort.signal }).catch(ending)
    await first.promise
    abort.abort(stop)
    // An abort that did not wait would have ended the step within this round trip.
    await keysOf(stores.to, 'target')
    expect(ending).not.toHaveBeenCalled()
    gate.resolve()
    expect(await outcome).toBe(stop)
    expect(deletions.ended).toBe(deletions.begun)
    stores.from.intercept(undefined)
  })

  test('before the first look deletes nothing', async () => {
    const job = moving()
    await job.copyAll()
    await job.verifyAll()
    const signal = AbortSignal.abort(stop)
    await expect(job.deleteSource(0, { signal })).rejects.toBe(stop)
    expect(await keysOf(stores.from, 'from')).toHaveLength(4)
  })
})
