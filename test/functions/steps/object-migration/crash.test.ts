import { CreateMultipartUploadCommand } from '@aws-sdk/client-s3'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { CUTS, cutOff, LIMIT_MS, MAX_CALLS } from './cut-off.ts'
import { startJob } from './migration-job.ts'
import { contentsOf, put, remove, uploadsOf } from './objects.ts'
import { MIB, type Stores, startStores } from './stores.ts'

describe.each([
  [1, 'within one store, in parts', 8],
  [2, 'between two stores, in parts', 8],
  [2, 'between two stores, as a stream', 64],
] as const)('stores: %d, %s', (count, where, multipart_threshold_mib) => {
  const options = { multipart_threshold_mib }
  let stores: Stores
  let whole: Record<string, string>
  /** Somebody else's: an object beside the copies, and an upload on the key of one. */
  let theirs: { object: string; upload: string }
  beforeAll(async () => {
    stores = await startStores(count)
    await put(stores.from, { key: 'large' }, 9 * MIB)
    for (const key of ['a', 'm', 'z']) await put(stores.from, { key }, 10)
    whole = await contentsOf(stores.from, 'from')
    await put(stores.to, { bucket: 'target', key: 'theirs' }, 10)
    const { theirs: object = '' } = await contentsOf(stores.to, 'target')
    const create = new CreateMultipartUploadCommand({ Bucket: 'target', Key: 'large' })
    const { UploadId: upload = '' } = await stores.to.client.send(create)
    theirs = { object, upload }
  })
  afterAll(() => stores.close())

  const emptyTarget = async () => {
    for (const key of Object.keys(whole)) await remove(stores.to, 'target', key)
  }

  async function onlyWhole() {
    const { theirs: other, ...arrived } = await contentsOf(stores.to, 'target')
    for (const [key, hash] of Object.entries(arrived)) expect(hash).toBe(whole[key])
    expect(other).toBe(theirs.object)
    expect(await uploadsOf(stores.to, 'target')).toEqual([theirs.upload])
    expect(await contentsOf(stores.from, 'from')).toEqual(whole)
    return Object.keys(arrived)
  }

  test.each(CUTS)(
    `cut off %s any call, then cleaned up: no upload stays and no object is half, ${where}`,
    async (kind) => {
      let n = 1
      for (; n < MAX_CALLS; n += 1) {
        const job = startJob(stores, options)
        await job.list()
        const { wasCut, memory } = await cutOff(stores, { n, kind }, (settings) => job.copy(0, settings))
        await job.abort(0, { memory })
        await onlyWhole()
        await job.abort(0, { memory, rollback: true })
        expect(await onlyWhole()).toEqual([])
        await emptyTarget()
        if (!wasCut) break
      }
      expect(n).toBeGreaterThan(12)
      expect(n).toBeLessThan(MAX_CALLS)
    },
    LIMIT_MS,
  )

  test.each(CUTS)(
    `cut off %s any call, then retried: all is there and no upload stays, ${where}`,
    async (kind) => {
      for (let n = 1; n < MAX_CALLS; n += 1) {
        const job = startJob(stores, options)
        await job.list()
        const { wasCut, memory } = await cutOff(stores, { n, kind }, (settings) => job.copy(0, settings))
        expect(await job.copy(0, { memory, attempt: 2 })).toEqual({
          objects: 4,
          bytes: 9 * MIB + 30,
          failed: 0,
        })
        expect(await onlyWhole()).toHaveLength(4)
        await job.revert(0, { memory })
        expect(await onlyWhole()).toEqual([])
        if (!wasCut) break
      }
    },
    LIMIT_MS,
  )
})
