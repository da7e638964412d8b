import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startJob } from './migration-job.ts'
import { contentsOf, headersOf, jsonOf, keysOf, put, remove, uploadsOf } from './objects.ts'
import { MIB, type Stores, startStores } from './stores.ts'
import { newMemory } from './tools.ts'

const awkward = [
  'ünï/çødé 漢字 🙂.jpg',
  'a b+c%20&?#.txt',
  'dots/../x/./y',
  'x'.repeat(1024),
  'tab\tnew\nline',
  '/lead//double/',
]
const described = {
  ContentType: 'image/png',
  CacheControl: 'max-age=60',
  ContentDisposition: 'attachment; filename="a.png"',
  ContentEncoding: 'gzip',
  ContentLanguage: 'de',
  Expires: new Date('2030-01-01T00:00:00Z'),
  Metadata: { camera: 'x100', owner: 'me' },
  Tagging: 'album=summer%202024&kind=a%26b',
}

describe.each([
  [1, 'within one store'],
  [2, 'between two stores'],
] as const)('stores: %d', (count, where) => {
  let stores: Stores
  beforeAll(async () => {
    stores = await startStores(count)
    const { from } = stores
    for (const key of awkward) await put(from, { key }, 100)
    await put(from, { key: 'empty' }, 0, described)
    await put(from, { key: 'small' }, 10, described)
    await put(from, { key: 'large' }, 17 * MIB, described)
  })
  afterAll(() => stores.close())

  test(`objects of any size and key arrive whole, ${where}`, async () => {
    const job = startJob(stores)
    await job.copyAll()
    expect(await contentsOf(stores.to, 'target')).toEqual(await contentsOf(stores.from, 'from'))
    expect(await uploadsOf(stores.to, 'target')).toEqual([])
    await expect(job.verifyAll()).resolves.toMatchObject({ counts: { copied: { objects: 9 } } })
  })

  test(`the headers, the metadata and the tags of an object go with it, ${where}`, async () => {
    for (const key of ['empty', 'small', 'large']) {
      const copied = await headersOf(stores.to, 'target', key)
      expect(copied).toEqual(await headersOf(stores.from, 'from', key))
      expect(copied).toMatchObject({ CacheControl: 'max-age=60', Metadata: described.Metadata })
      expect(copied.TagSet).toContainEqual({ Key: 'kind', Value: 'a&b' })
      expect(copied.ExpiresString).toBe('Tue, 01 Jan 2030 00:00:00 GMT')
    }
  })

  test(`an object that changed or went since it was listed is reported, the others are copied, ${where}`, async () => {
    const prefix = `changing-${count}/`
    for (const key of ['kept', 'rewritten', 'gone']) await put(stores.from, { key: prefix + key }, 20)
    for (const key of ['big-kept', 'big-rewritten', 'big-gone'])
      await put(stores.from, { key: prefix + key }, 9 * MIB)
    const job = startJob(stores, { filter: { prefix } })
    await job.list()
    for (const key of ['rewritten', 'big-rewritten']) await put(stores.from, { key: prefix + key }, 30)
    for (const key of ['gone', 'big-gone']) await remove(stores.from, 'from', prefix + key)
    expect(await job.copy(0)).toEqual({ objects: 2, bytes: 20 + 9 * MIB, failed: 4 })
    const { failures } = await jsonOf<{ failures: { key: string; reason: string }[] }>(
      stores.from,
      `jobs/${job.job.job_execution_id}/results/00000.json`,
    )
    expect(failures.map(({ key, reason }) => [key.slice(prefix.length), reason])).toEqual([
      ['big-gone', 'gone'],
      ['big-rewritten', 'changed'],
      ['gone', 'gone'],
      ['rewritten', 'changed'],
    ])
    expect((await keysOf(stores.to, 'target')).filter((key) => key.startsWith(prefix))).toEqual([
      `${prefix}big-kept`,
      `${prefix}kept`,
    ])
  })

  test(`an object that changes between two of its parts is reported and leaves no upload, ${where}`, async () => {
    const key = `midway-${count}`
    await put(stores.from, { key }, 16 * MIB)
    const job = startJob(stores, { filter: { prefix: key } })
    await job.list()
    let parts = 0
    stores.from.intercept(async ({ operation }) => {
      const isPart = operation === 'UploadPartCopy' || operation === 'GetObject'
      if (isPart && parts++ === 2) await put(stores.from, { key }, 5)
      return undefined
    })
    const result = await job.copy(0).finally(() => stores.from.intercept(undefined))
    expect(result).toEqual({ objects: 0, bytes: 0, failed: 1 })
    expect(await uploadsOf(stores.to, 'target')).toEqual([])
    await expect(job.verifyAll()).rejects.toThrow(/1 of 1 objects .* midway.*changed/)
  })

  test(`progress ends at all bytes, ${where}`, async () => {
    const memory = newMemory()
    const job = startJob(stores, { filter: { prefix: 'large' } })
    await job.list()
    await job.copy(0, { memory })
    expect(memory.progress.at(-1)).toEqual({
      ...{ done: 17 * MIB, total: 17 * MIB, unit: 'bytes' },
      also: { done: 1, total: 1, unit: 'objects' },
    })
    expect(memory.progress.map(({ done }) => done)).toEqual(
      memory.progress.map(({ done }) => done).sort((a, b) => a - b),
    )
  })
})

test('a key that becomes too long, or empty, fails alone', async () => {
  const stores = await startStores()
  await put(stores.from, { key: `p/${'k'.repeat(1022)}` }, 3)
  await put(stores.from, { key: 'p/' }, 3)
  await put(stores.from, { key: 'p/fine' }, 3)
  const destination = { ...stores.input.destination, prefix: 'longer/' }
  const longer = startJob(stores, { source: { bucket: 'from', prefix: 'p/' }, destination })
  await longer.list()
  expect(await longer.copy(0)).toMatchObject({ objects: 2, failed: 1 })
  const bare = startJob(stores, { source: { bucket: 'from', prefix: 'p/' } })
  await bare.list()
  expect(await bare.copy(0)).toMatchObject({ objects: 2, failed: 1 })
  await stores.close()
})

test('a store that is down fails the attempt and not the objects', async () => {
  const stores = await startStores()
  await put(stores.from, { key: 'a' }, 3)
  const job = startJob(stores)
  await job.list()
  stores.from.intercept(async ({ operation }) => (operation === 'CopyObject' ? 'fail' : undefined))
  await expect(job.copy(0)).rejects.toMatchObject({ name: 'StoreUnavailable' })
  await stores.close()
})
