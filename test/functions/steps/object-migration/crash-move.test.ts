import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { CUTS, cutOff, LIMIT_MS, MAX_CALLS } from './cut-off.ts'
import { type MigrationJob, startJob } from './migration-job.ts'
import { contentsOf, keysOf, linesOf, put, remove } from './objects.ts'
import { MIB, type Stores, startStores } from './stores.ts'

describe.each([
  [1, 'within one store'],
  [2, 'between two stores'],
] as const)('stores: %d', (count, where) => {
  let stores: Stores
  let whole: Record<string, string>
  beforeEach(async () => {
    stores = await startStores(count)
  })
  afterEach(() => stores.close())

  async function fill(): Promise<MigrationJob> {
    for (const key of await keysOf(stores.to, 'target')) await remove(stores.to, 'target', key)
    await put(stores.from, { key: 'large' }, 9 * MIB)
    for (const key of ['a', 'z']) await put(stores.from, { key }, 10)
    whole = await contentsOf(stores.from, 'from')
    const job = startJob(stores, { remain_source: false, multipart_threshold_mib: 5 })
    await job.copyAll()
    return job
  }

  /** Each object is whole at the source or, copied, at the destination. */
  async function expectNothingLost() {
    const [left, arrived] = [await contentsOf(stores.from, 'from'), await contentsOf(stores.to, 'target')]
    for (const [key, hash] of Object.entries(whole)) expect(left[key] ?? arrived[key]).toBe(hash)
    expect(arrived).toEqual(whole)
    return Object.keys(left)
  }

  async function expectMoved(job: MigrationJob) {
    expect(await job.deleteAll()).toMatchObject({ counts: { moved: { objects: 3 } } })
    expect(await expectNothingLost()).toEqual([])
    expect((await linesOf(stores.from, job, 0)).map(({ outcome }) => outcome)).toEqual(Array(3).fill('moved'))
  }

  test.each(CUTS)(
    `a verification cut off %s any call deletes nothing, is reported, and ends well when it is repeated, ${where}`,
    async (kind) => {
      const job = await fill()
      let n = 1
      for (; n < MAX_CALLS; n += 1) {
        const { wasCut, memory } = await cutOff(stores, { n, kind }, (settings) => job.verify(0, settings))
        await job.reportInterrupted(0)
        expect(await expectNothingLost()).toHaveLength(3)
        expect(await job.verify(0, { memory, attempt: 2 })).toMatchObject({ verified: 3, failed: 0 })
        if (!wasCut) break
      }
      expect(n).toBeGreaterThan(5)
      expect(n).toBeLessThan(MAX_CALLS)
      await job.report()
      await expectMoved(job)
    },
    LIMIT_MS,
  )

  test.each(CUTS)(
    `a deletion cut off %s any call loses nothing, is reported, and ends well when it is repeated, ${where}`,
    async (kind) => {
      let n = 1
      for (; n < MAX_CALLS; n += 1) {
        const job = await fill()
        await job.verifyAll()
        const { wasCut, memory } = await cutOff(stores, { n, kind }, (settings) =>
          job.deleteSource(0, settings),
        )
        await job.reportInterrupted(0)
        await expectNothingLost()
        await job.deleteSource(0, { memory, attempt: 2 })
        await expectMoved(job)
        if (!wasCut) break
      }
      expect(n).toBeGreaterThan(10)
      expect(n).toBeLessThan(MAX_CALLS)
    },
    LIMIT_MS,
  )
})
