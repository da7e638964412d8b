import { CreateMultipartUploadCommand } from '@aws-sdk/client-s3'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { JobAborted } from '#sdk/index.ts'
import { startJob } from './migration-job.ts'
import { contentsOf, put, remove, uploadsOf } from './objects.ts'
import { MIB, type Stores, startStores } from './stores.ts'
import { newMemory } from './tools.ts'

/** More S3 calls than one batch of these objects makes. */
const MAX_CALLS = 80

/** Each test runs a job per call: on a busy computer that outlasts the usual limit. */
const LIMIT_MS = 180_000

describe.each([
  [1, 'within one store, in parts', 8],
  [2, 'between two stores, in parts', 8],
  [2, 'between two stores, as a stream', 64],
] as const)('stores: %d, %s', (count, where, multipart_threshold_mib) => {
  const kinds = ['before', 'after'] as const
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

  /** Cuts an attempt off at its n-th call to a store; false when it made fewer. */
  async function cutAt(
    n: number,
    kind: 'before' | 'after',
    job: ReturnType<typeof startJob>,
    memory = newMemory(),
  ) {
    const force = new AbortController()
    let calls = 0
    const hook = async () => {
      calls += 1
      if (calls === n) force.abort(new JobAborted('the job is CANCELLING'))
      if (calls < n) return undefined
      return kind === 'before' || calls > n ? ('fail' as const) : ('drop-reply' as const)
    }
    for (const s3 of new Set([stores.from, stores.to])) s3.intercept(hook)
    const ended = await job.copy(0, { memory, signal: force.signal, every: 2 }).then(
      () => 'done',
      (error) => error,
    )
    for (const s3 of new Set([stores.from, stores.to])) s3.intercept(undefined)
    if (calls >= n && ended !== 'done') expect(ended).toBe(force.signal.reason)
    return calls >= n
  }

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

  test.each(kinds)(
    `cut off %s any call, then cleaned up: no upload stays and no object is half, ${where}`,
    async (kind) => {
      let n = 1
      for (; n < MAX_CALLS; n += 1) {
        const job = startJob(stores, options)
        await job.list()
        const memory = newMemory()
        const wasCut = await cutAt(n, kind, job, memory)
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

  test.each(kinds)(
    `cut off %s any call, then retried: all is there and no upload stays, ${where}`,
    async (kind) => {
      for (let n = 1; n < MAX_CALLS; n += 1) {
        const job = startJob(stores, options)
        await job.list()
        const memory = newMemory()
        const wasCut = await cutAt(n, kind, job, memory)
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
