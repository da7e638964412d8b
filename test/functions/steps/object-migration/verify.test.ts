import { afterEach, beforeEach, expect, test } from 'vitest'
import { startJob } from './migration-job.ts'
import { jsonOf, put, remove } from './objects.ts'
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
  await expect(job.verify()).rejects.toMatchObject({
    name: 'VerificationFailed',
    message: expect.stringMatching(/^3 of 4 objects are not whole at the destination, such as a /),
  })
  const failures = await jsonOf<{ key: string; reason: string }[]>(
    stores.from,
    `jobs/${job.job.job_execution_id}/failures.json`,
  )
  expect(failures.map(({ key }) => key)).toEqual(['a', 'b', 'c'])
  expect(failures[0]?.reason).toBe('missing at the destination')
  expect(failures[1]?.reason).toMatch(/^size: 9 .* 5 at/)
  expect(failures[2]?.reason).toMatch(/^(ETag|Checksum)/)
})

test.each([
  [false, { size: 1, content: 0 }],
  [true, { size: 0, content: 1 }],
])('a verification says by what it compared: verify_checksums %s', async (verify_checksums, methods) => {
  await put(stores.from, { key: 'large' }, 9 * MIB, { ChecksumAlgorithm: 'SHA256' })
  const job = startJob(stores, { verify_checksums })
  await job.copyAll()
  expect(await job.verify()).toMatchObject({ verified: 5, methods: { etag: 4, checksum: 0, ...methods } })
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
  await expect(job.verify()).rejects.toThrow(/1 of 1 objects .*the bytes differ/)
})
