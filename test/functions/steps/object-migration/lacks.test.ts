import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { type Lack, readLacks } from '#functions/steps/object-migration/store/lacks.ts'
import { openMigration } from '#functions/steps/object-migration/store/migration.ts'
import { type ForeignRequest, type ForeignStore, foreignStore, s3Error } from './foreign-store.ts'
import { type MigrationJob, startJob } from './migration-job.ts'
import { contentsOf, jsonOf, keysOf, put, remove, uploadsOf } from './objects.ts'
import { opaqueEtags } from './opaque-etags.ts'
import { MIB, type Stores, startStores } from './stores.ts'

const signal = new AbortController().signal

let stores: Stores
let foreign: ForeignStore
beforeAll(async () => {
  stores = await startStores(2)
  foreign = await foreignStore(stores.to.endpoint)
  for (const key of ['a', 'b', 'c', 'd', 'e']) await put(stores.from, { key }, key)
  for (const key of ['large', 'large2']) await put(stores.from, { key }, 9 * MIB)
})
afterEach(async () => {
  foreign.play()
  for (const key of await keysOf(stores.to, 'target')) await remove(stores.to, 'target', key)
})
afterAll(async () => {
  await foreign.close()
  await stores.close()
})

const into = (more: object = {}) =>
  startJob(stores, {
    destination: { bucket: 'target', endpoint: foreign.endpoint },
    multipart_threshold_mib: 5,
    ...more,
  })
const lacksOf = (job: MigrationJob): Promise<Lack[]> =>
  readLacks(openMigration(stores.connections, job.job).folder, signal)

test.each([
  ['501', s3Error(501, 'NotImplemented')],
  ['405', s3Error(405, 'MethodNotAllowed')],
  ['403', s3Error(403, 'AccessDenied')],
])('a store that does not list uploads (%s) gets all objects, and that is told once', async (_, answer) => {
  let asked = 0
  foreign.play({
    request: ({ method, query }: ForeignRequest) => {
      if (method !== 'GET' || !query.has('uploads')) return undefined
      asked += 1
      return answer
    },
  })
  const job = into({ concurrency: 1 })
  await job.copyAll()
  expect(await contentsOf(stores.to, 'target')).toEqual(await contentsOf(stores.from, 'from'))
  expect(await uploadsOf(stores.to, 'target')).toEqual([])
  expect(asked).toBe(1)
  expect(await lacksOf(job)).toEqual([
    {
      end: 'destination',
      feature: 'list-uploads',
      without: expect.stringContaining('by its records alone'),
      said: expect.stringContaining('ListMultipartUploads of bucket target'),
    },
  ])
})

test('a source without tagging has no tags to lose: all is copied, and that is told once', async () => {
  let asked = 0
  foreign.play({
    request: ({ query }) => {
      if (!query.has('tagging')) return undefined
      asked += 1
      return s3Error(501, 'NotImplemented')
    },
  })
  const source = { bucket: 'target', endpoint: foreign.endpoint }
  for (const key of ['x', 'y', 'z']) await put(stores.to, { key, bucket: 'target' }, key)
  const job = startJob(stores, { source, destination: { bucket: 'from', prefix: 'back/' }, concurrency: 1 })
  await job.copyAll()
  expect((await keysOf(stores.from, 'from')).filter((key) => key.startsWith('back/'))).toHaveLength(3)
  expect(asked).toBe(1)
  expect(await lacksOf(job)).toMatchObject([{ end: 'source', feature: 'tagging' }])
  expect((await job.verifyAll()).lacks).toEqual(await lacksOf(job))
  for (const key of ['x', 'y', 'z']) await remove(stores.from, 'from', `back/${key}`)
})

test('an object that says it has tags is not copied without them', async () => {
  foreign.play({
    request: ({ query }) => (query.has('tagging') ? s3Error(501, 'NotImplemented') : undefined),
    answer: ({ key }, answer) => {
      if (key === 'x') answer.headers['x-amz-tagging-count'] = '1'
      return undefined
    },
  })
  const source = { bucket: 'target', endpoint: foreign.endpoint }
  for (const key of ['a', 'x']) await put(stores.to, { key, bucket: 'target' }, key)
  const job = startJob(stores, { source, destination: { bucket: 'from', prefix: 'back/' }, concurrency: 1 })
  await job.copyAll()
  expect((await keysOf(stores.from, 'from')).filter((key) => key.startsWith('back/'))).toEqual(['back/a'])
  await remove(stores.from, 'from', 'back/a')
})

test('tags that the destination does not take refuse that object by key, and the others are copied', async () => {
  await put(stores.from, { key: 'tagged' }, 'tagged', { Tagging: 'a=b' })
  foreign.play({
    request: ({ headers }) => (headers['x-amz-tagging'] ? s3Error(501, 'NotImplemented') : undefined),
  })
  const job = into()
  await job.copyAll()
  expect(await keysOf(stores.to, 'target')).toHaveLength(7)
  const path = `jobs/${job.job.job_execution_id}/results/00000.json`
  const { failures } = await jsonOf<{ failures: { key: string; message: string }[] }>(stores.from, path)
  expect(failures).toMatchObject([
    { key: 'tagged', message: expect.stringContaining('PutObject of "tagged"') },
  ])
  await remove(stores.from, 'from', 'tagged')
})

test('a listing without ETags is told once', async () => {
  await put(stores.to, { key: 'x', bucket: 'target' }, 'x')
  foreign.play({
    answer: ({ query }, answer) =>
      query.has('list-type')
        ? { ...answer, body: String(answer.body).replace(/<ETag>.*?<\/ETag>/g, '') }
        : undefined,
  })
  const source = { bucket: 'target', endpoint: foreign.endpoint }
  const job = startJob(stores, { source, destination: { bucket: 'from', prefix: 'back/' } })
  await job.list()
  expect(await lacksOf(job)).toMatchObject([{ end: 'source', feature: 'listed-etags' }])
})

test('a store that lacks nothing has nothing told of it', async () => {
  foreign.play({
    answer: ({ method }, { headers }) => {
      if (method === 'HEAD') headers['x-amz-checksum-sha1'] = 'its own'
      return undefined
    },
  })
  const job = into()
  await job.copyAll()
  expect(await lacksOf(job)).toEqual([])
  expect(await job.verifyAll()).not.toHaveProperty('lacks')
})

test('a destination that tells neither MD5s nor checksums is told once as one without checksums', async () => {
  const opaque = await opaqueEtags(stores.to.endpoint)
  const job = into({
    destination: { bucket: 'target', endpoint: opaque.endpoint },
    multipart_threshold_mib: 64,
  })
  await job.copyAll()
  const { lacks, methods } = await job.verifyAll()
  await opaque.close()
  expect(methods).toMatchObject({ size: 7 })
  expect(lacks).toEqual([
    {
      end: 'destination',
      feature: 'checksums',
      without: expect.stringContaining('by their size alone'),
      said: expect.stringMatching(/^HeadObject of ".*" told none$/),
    },
  ])
})
