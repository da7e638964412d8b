import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { removeManifests } from '#functions/steps/object-migration/list/list-pages.ts'
import { type MigrationJob, startJob } from './migration-job.ts'
import { jsonOf, keysOf, put } from './objects.ts'
import { type Stores, startStores } from './stores.ts'
import { hookTools, newMemory } from './tools.ts'

const skipped = { objects: 0, bytes: 0, files: 0 }
let stores: Stores
beforeAll(async () => {
  stores = await startStores()
  const keys = Array.from({ length: 250 }, (_, i) => `many/${String(i).padStart(3, '0')}`)
  await Promise.all(keys.map((key) => put(stores.from, { key }, 1)))
  await put(stores.from, { key: 'logs/a.txt' }, 10)
  await put(stores.from, { key: 'logs/b.txt' }, 1_000)
  await put(stores.from, { key: 'logs/c.jpg' }, 100)
  await put(stores.from, { key: 'logs/' }, 0)
  await put(stores.from, { key: 'empty/' }, 0)
})
afterAll(() => stores.close())

type Listed = { key: string }
const manifest = (job: MigrationJob, batch: number) =>
  jsonOf<Listed[]>(stores.from, `jobs/${job.job.job_execution_id}/manifests/0000${batch}.json`)
const workKeys = async (job: MigrationJob) =>
  (await keysOf(stores.from, 'work')).filter((key) => key.includes(job.job.job_execution_id))

test('a batch holds at most 100 objects, and none is lost or listed twice', async () => {
  const job = startJob(stores, { filter: { prefix: 'many/' } })
  expect(await job.list()).toEqual({ batches: [0, 1, 2], objects: 250, bytes: 250, skipped })
  const keys = (await Promise.all([0, 1, 2].map((batch) => manifest(job, batch)))).map((list) =>
    list.map(({ key }) => key),
  )
  expect(keys.map((list) => list.length)).toEqual([100, 100, 50])
  expect(new Set(keys.flat()).size).toBe(250)
})

test('no object at all is no batch', async () => {
  expect(await startJob(stores, { filter: { prefix: 'nothing/' } }).list()).toEqual({
    batches: [],
    objects: 0,
    bytes: 0,
    skipped,
  })
})

test('a migration of nothing is verified', async () => {
  const job = startJob(stores, { filter: { prefix: 'nothing/' }, remain_source: false })
  await job.copyAll()
  expect(await job.verifyAll()).toMatchObject({ counts: {}, listed: { objects: 0 } })
  expect(await job.deleteAll()).toMatchObject({ counts: {}, listed: { objects: 0 } })
})

test.each([
  ['suffix', { suffix: '.txt' }, ['logs/a.txt', 'logs/b.txt']],
  ['smallest size', { min_size: 100 }, ['logs/b.txt', 'logs/c.jpg']],
  ['largest size', { max_size: 100 }, ['logs/', 'logs/a.txt', 'logs/c.jpg']],
  ['all of them together', { suffix: '.txt', min_size: 10, max_size: 10 }, ['logs/a.txt']],
  ['later than now', { modified_after: '2999-01-01T00:00:00Z' }, []],
  ['before now', { modified_before: '2999-01-01T00:00:00+02:00', suffix: 'jpg' }, ['logs/c.jpg']],
])('a filter by %s', async (_, filter, keys) => {
  const job = startJob(stores, { filter: { prefix: 'logs/', ...filter } })
  const { batches } = await job.list()
  const found = (await Promise.all(batches.map((batch) => manifest(job, batch)))).flat()
  expect(found.map(({ key }) => key)).toEqual(keys)
})

test("the marker of the source's own folder is left out where it would have no name", async () => {
  const source = { bucket: 'from', prefix: 'empty/' }
  expect(await startJob(stores, { source }).list()).toMatchObject({ objects: 0 })
  const destination = { bucket: 'target', prefix: 'there/' }
  expect(await startJob(stores, { source, destination }).list()).toMatchObject({ objects: 1 })
})

test('a listing that was cut off goes on and ends as if it had not been', async () => {
  for (let cut = 1; cut <= 6; cut += 1) {
    const job = startJob(stores, { filter: { prefix: 'many/' } })
    const memory = newMemory()
    let writes = 0
    stores.from.intercept(async ({ operation, bucket }) => {
      if (bucket === 'work' && operation === 'PutObject') writes += 1
      return writes >= cut ? 'fail' : undefined
    })
    await job.list({ memory }).catch(() => undefined)
    stores.from.intercept(undefined)
    expect(await job.list({ memory, attempt: 2 })).toEqual({
      batches: [0, 1, 2],
      objects: 250,
      bytes: 250,
      skipped,
    })
    const keys = (await Promise.all([0, 1, 2].map((batch) => manifest(job, batch))))
      .flat()
      .map(({ key }) => key)
    expect(keys).toEqual([...keys].sort())
    expect(new Set(keys).size).toBe(250)
  }
})

test('both hooks remove the manifests, twice if need be, and leave the report', async () => {
  const job = startJob(stores, { filter: { prefix: 'many/' } })
  await job.list()
  expect(await workKeys(job)).toHaveLength(5)
  for (const _ of [1, 2]) {
    await removeManifests(stores.connections, hookTools(job.job, 0, {}))
    expect(await workKeys(job)).toEqual([expect.stringMatching(/report.json$/)])
  }
})

test('a rollback of the listing that is repeated ends well', async () => {
  const job = startJob(stores, { filter: { prefix: 'many/' } })
  const result = await job.list()
  for (const _ of [1, 2]) {
    await removeManifests(stores.connections, { ...hookTools(job.job, null, {}), result })
  }
  expect(await workKeys(job)).toEqual([expect.stringMatching(/report.json$/)])
})

test.each([
  ['the same', 'a/', 'a/'],
  ['inside', 'a/', 'a/b/'],
  ['around', 'a/b/', 'a/'],
  ['the whole bucket', '', 'a/'],
])('a destination that is %s is refused, with the endpoint named or not', async (_, from, to) => {
  const source = { bucket: 'from', prefix: from }
  const destination = { bucket: 'from', prefix: to, endpoint: `${stores.from.endpoint}/` }
  await expect(startJob(stores, { source, destination }).list()).rejects.toThrow(/overlap in bucket from/)
})

test.each([
  ['overlaps', { destination: { bucket: 'from' } }],
  ['is no input', { source: 1 }],
])('an input that %s is refused, and its clean-up has nothing to do', async (_, input) => {
  const job = startJob(stores, input)
  await expect(job.list()).rejects.toMatchObject({ name: 'MigrationInputError' })
  await removeManifests(stores.connections, hookTools(job.job, 0, {}))
})

test('a host that nobody knows is a fault of the input once it was looked up a few times', async () => {
  const unknown = Object.assign(new Error('getaddrinfo ENOTFOUND store.invalid'), { code: 'ENOTFOUND' })
  const client = new S3Client({
    endpoint: 'http://store.invalid:9',
    region: 'us-east-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    maxAttempts: 1,
    requestHandler: { handle: () => Promise.reject(unknown) },
  })
  const connections = { ...stores.connections, connect: () => client }
  const job = startJob({ ...stores, connections })
  await expect(job.list({ attempt: 1 })).rejects.toMatchObject({ name: 'StoreUnavailable' })
  await expect(job.list({ attempt: 3 })).rejects.toMatchObject({
    name: 'MigrationInputError',
    message: expect.stringContaining('http://store.invalid:9'),
  })
  const memory = newMemory()
  memory.checkpoint = { start_after: 'a', batches: 1, objects: 1, bytes: 1 }
  await expect(job.list({ attempt: 4, memory })).rejects.toMatchObject({ name: 'StoreUnavailable' })
})

test.each([
  [{ source: {} }, /source.bucket must be a text, got undefined/],
  [{ part_size_mib: 4 }, /part_size_mib must be a whole number from 5 to 5120, got 4/],
  [{ concurrency: '8' }, /concurrency must be a whole number from 1 to 32, got "8"/],
  [{ remain_source: 'no' }, /remain_source must be true or false, got "no"/],
])('an input that the API never saw is looked at: %j', async (more, message) => {
  await expect(startJob(stores, more).list()).rejects.toThrow(message)
})

test('a source bucket that is not there fails the step', async () => {
  await expect(startJob(stores, { source: { bucket: 'nowhere' } }).list()).rejects.toMatchObject({
    name: 'NoSuchBucket',
  })
})

test('keys that XML cannot carry are listed', async () => {
  const Key = 'control/\u0001 +%\u007f'
  await stores.from.client.send(new PutObjectCommand({ Bucket: 'from', Key, Body: 'x' }))
  const job = startJob(stores, { filter: { prefix: 'control/' } })
  await job.copyAll()
  expect((await manifest(job, 0)).map(({ key }) => key)).toEqual([Key])
  expect(await job.verifyAll()).toMatchObject({ counts: { copied: { objects: 1 } } })
})
