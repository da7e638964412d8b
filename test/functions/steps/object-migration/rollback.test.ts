import { CopyObjectCommand } from '@aws-sdk/client-s3'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { type ForeignStore, foreignStore, s3Error } from './foreign-store.ts'
import { startJob } from './migration-job.ts'
import { jsonOf, keysOf, put, remove } from './objects.ts'
import { type Stores, startStores } from './stores.ts'

type Report = { removed: number; kept: { key: string; reason: string }[]; failed: { key: string }[] }

let stores: Stores
let foreign: ForeignStore
beforeEach(async () => {
  stores = await startStores()
  foreign = await foreignStore(stores.to.endpoint)
})
afterEach(async () => {
  await foreign.close()
  await stores.close()
})

/** A job whose both ends are in the foreign store. */
function foreignJob() {
  const { endpoint } = foreign
  const input = { source: { bucket: 'from', endpoint }, destination: { bucket: 'target', endpoint } }
  return startJob({ connections: stores.connections, input })
}

const reportOf = (job: ReturnType<typeof startJob>) =>
  jsonOf<Report>(stores.from, `jobs/${job.job.job_execution_id}/reverted/00000.json`)

test.each([
  ['has no DeleteObjects', () => s3Error(501, 'NotImplemented')],
  [
    'wants a Content-MD5 with it',
    () => s3Error(400, 'InvalidRequest', 'Missing required header Content-MD5'),
  ],
])('a rollback works where a store %s, and removes keys that XML cannot hold', async (_, answer) => {
  for (const key of ['a', 'b\u0001c', 'd\uFFFEe']) await put(stores.from, { key }, 10)
  const job = foreignJob()
  await job.copyAll()
  foreign.play({
    request: ({ method, query }) => (method === 'POST' && query.has('delete') ? answer() : undefined),
  })
  await job.revert(0)
  expect(await keysOf(stores.to, 'target')).toEqual([])
  expect(await reportOf(job)).toMatchObject({ removed: 3, kept: [], failed: [] })
})

test('one object that cannot be removed stops no other, and is told with its call and key', async () => {
  for (const key of ['a', 'locked', 'z']) await put(stores.from, { key }, 10)
  const job = foreignJob()
  await job.copyAll()
  foreign.play({
    request: ({ method, key }) =>
      method === 'DELETE' && key === 'locked' ? s3Error(403, 'AccessDenied') : undefined,
  })
  await expect(job.revert(0)).rejects.toThrow(
    /1 objects could not be removed, such as DeleteObject of "locked" in bucket target: AccessDenied/,
  )
  expect(await keysOf(stores.to, 'target')).toEqual(['locked'])
  expect(await reportOf(job)).toMatchObject({ removed: 2, failed: [{ key: 'locked' }] })
  foreign.play()
  await job.revert(0)
  expect(await keysOf(stores.to, 'target')).toEqual([])
})

test('on Amazon S3 an object that somebody writes between the look and the removal stays', async () => {
  for (const key of ['a', 'b']) await put(stores.from, { key }, 10)
  const job = startJob(stores)
  await job.copyAll()
  stores.to.intercept(async ({ operation, key }) => {
    if (operation === 'DeleteObject' && key === 'b') {
      stores.to.intercept(undefined)
      await put(stores.to, { bucket: 'target', key: 'b' }, 'theirs')
    }
    return undefined
  })
  await job.revert(0)
  expect(await keysOf(stores.to, 'target')).toEqual(['b'])
  expect(await reportOf(job)).toMatchObject({ removed: 1, kept: [{ key: 'b', reason: 'changed since' }] })
})

test('elsewhere each object is looked at right before it is removed', async () => {
  const keys = Array.from({ length: 30 }, (_, i) => `key ${String(i).padStart(2, '0')}`)
  for (const key of keys) await put(stores.from, { key }, 10)
  const job = foreignJob()
  await job.copyAll()
  let deletions = 0
  foreign.play({
    request: async ({ method }) => {
      if (method !== 'DELETE' || deletions++ > 0) return
      await put(stores.to, { bucket: 'target', key: 'key 29' }, 'theirs')
    },
  })
  await job.revert(0)
  expect(await keysOf(stores.to, 'target')).toEqual(['key 29'])
})

test('what lands while the rollback goes on is removed, too', async () => {
  for (const key of ['a', 'b', 'z']) await put(stores.from, { key }, 10)
  const job = startJob(stores)
  await job.copyAll()
  const { client } = stores.to
  await remove(stores.to, 'target', 'z')
  stores.to.intercept(async ({ operation }) => {
    if (operation !== 'DeleteObject') return undefined
    stores.to.intercept(undefined)
    await client.send(new CopyObjectCommand({ Bucket: 'target', Key: 'z', CopySource: 'from/z' }))
    return undefined
  })
  await job.revert(0)
  expect(await keysOf(stores.to, 'target')).toEqual([])
})

test('of two jobs with one destination the rollback of one leaves what the other has copied', async () => {
  for (const key of ['x/a', 'x/b', 'y/c']) await put(stores.from, { key }, 10)
  const first = startJob(stores)
  const second = startJob(stores, {
    source: { bucket: 'from', prefix: 'x/' },
    destination: { bucket: 'target', prefix: 'x/' },
  })
  await first.copyAll()
  await second.copyAll()
  await first.revert(0)
  expect(await keysOf(stores.to, 'target')).toEqual(['x/a', 'x/b'])
  const reason = `also copied by job ${second.job.job_execution_id}`
  expect(await reportOf(first)).toMatchObject({
    removed: 1,
    kept: [
      { key: 'x/a', reason },
      { key: 'x/b', reason },
    ],
  })
  await second.revert(0)
  expect(await reportOf(second)).toMatchObject({
    kept: [{ reason: 'existed before' }, { reason: 'existed before' }],
  })
})

test('a job that was rolled back keeps no other from rolling back', async () => {
  await put(stores.from, { key: 'a' }, 10)
  const [first, second] = [startJob(stores), startJob(stores)]
  await first.copyAll()
  await remove(stores.to, 'target', 'a')
  await second.copyAll()
  await second.revert(0)
  expect(await keysOf(stores.to, 'target')).toEqual(['a'])
  await first.revert(0)
  await second.revert(0)
  expect(await keysOf(stores.to, 'target')).toEqual([])
})

test('the first attempt to record what existed wins: copies of its successor did not exist before', async () => {
  await put(stores.from, { key: 'a' }, 10)
  const job = startJob(stores)
  await job.list()
  let first = true
  stores.from.intercept(async ({ operation, bucket, key }) => {
    if (operation !== 'PutObject' || bucket !== 'work' || !key.includes('/plans/') || !first) return undefined
    first = false
    expect(await job.copy(0, { attempt: 2 })).toMatchObject({ objects: 1 })
    return undefined
  })
  await job.copy(0)
  stores.from.intercept(undefined)
  await job.revert(0)
  expect(await keysOf(stores.to, 'target')).toEqual([])
})
