import { afterEach, beforeEach, expect, test } from 'vitest'
import { startJob } from './migration-job.ts'
import { linesOf, put, remove } from './objects.ts'
import { MIB, type Stores, startStores } from './stores.ts'

let stores: Stores
beforeEach(async () => {
  stores = await startStores()
  for (const key of ['a', 'b', 'c', 'd']) await put(stores.from, { key }, `this is ${key}`)
})
afterEach(() => stores.close())

test('a verification lists every object that is missing, shorter or different, and fails by name', async () => {
  const job = startJob(stores, { remain_source: false })
  await job.copyAll()
  await remove(stores.to, 'target', 'a')
  await put(stores.to, { bucket: 'target', key: 'b' }, 'short')
  await put(stores.to, { bucket: 'target', key: 'c' }, 'THIS IS C')
  await expect(job.verifyAll()).rejects.toMatchObject({
    name: 'VerificationFailed',
    message: expect.stringMatching(/^3 of 4 objects are not whole at the destination, such as a /),
  })
  const [a, b, c, d] = await linesOf(stores.from, job, 0)
  expect(a).toMatchObject({ key: 'a', outcome: 'gone', reason: 'gone: missing at the destination' })
  expect(b).toMatchObject({ key: 'b', outcome: 'changed', reason: expect.stringMatching(/ size: 9 .* 5 at/) })
  expect(c).toMatchObject({ key: 'c', outcome: 'changed', reason: expect.stringMatching(/ (ETag|Checksum)/) })
  expect(d).toMatchObject({ key: 'd', outcome: 'copied', method: 'etag' })
})

test.each([
  [false, { size: 1, content: 0 }],
  [true, { size: 0, content: 1 }],
])('a verification says by what it compared: verify_checksums %s', async (verify_checksums, methods) => {
  await put(stores.from, { key: 'large' }, 9 * MIB, { ChecksumAlgorithm: 'SHA256' })
  const job = startJob(stores, { verify_checksums })
  await job.copyAll()
  expect(await job.verifyAll()).toMatchObject({
    counts: { copied: { objects: 5 } },
    methods: { etag: 4, checksum: 0, ...methods },
  })
})

test('a verification reads what has no checksum in common, and finds one changed byte', async () => {
  await put(stores.from, { key: 'large' }, Buffer.alloc(9 * MIB, 'x').toString())
  const job = startJob(stores, { verify_checksums: true, filter: { prefix: 'large' } })
  await job.copyAll()
  await put(stores.from, { key: 'other' }, `${Buffer.alloc(9 * MIB - 1, 'x')}y`)
  const renamed = startJob(stores, {
    source: { bucket: 'from', prefix: 'other' },
    destination: { bucket: 'target', prefix: 'large' },
  })
  await renamed.copyAll()
  await expect(job.verifyAll()).rejects.toThrow(/1 of 1 objects .*the bytes differ/)
})
