import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { STORE_ATTEMPTS } from '#functions/steps/object-migration/store/errors.ts'
import { type ForeignRequest, type ForeignStore, foreignStore, s3Error } from './foreign-store.ts'
import { type MigrationJob, startJob } from './migration-job.ts'
import { jsonOf, keysOf, put, remove } from './objects.ts'
import { MIB, type Stores, startStores } from './stores.ts'
import { newMemory } from './tools.ts'

const keys = Array.from({ length: 12 }, (_, i) => `o${String(i).padStart(2, '0')}`)

let stores: Stores
let foreign: ForeignStore
beforeAll(async () => {
  stores = await startStores(2)
  foreign = await foreignStore(stores.to.endpoint)
  await Promise.all(keys.map((key) => put(stores.from, { key }, key)))
})
afterEach(async () => {
  foreign.play()
  for (const key of await keysOf(stores.to, 'target')) await remove(stores.to, 'target', key)
})
afterAll(async () => {
  await foreign.close()
  await stores.close()
})

const writes = ({ method, key }: ForeignRequest): boolean => method === 'PUT' && keys.includes(key)

/** A job into the foreign store that has listed its objects. */
async function listed(more: object = {}) {
  const destination = { bucket: 'target', endpoint: foreign.endpoint }
  const job = startJob(stores, { destination, ...more })
  await job.list()
  const failures = async () => {
    const path = `jobs/${job.job.job_execution_id}/results/00000.json`
    return (await jsonOf<{ failures: { key: string; reason: string; message: string }[] }>(stores.from, path))
      .failures
  }
  return { job, failures }
}

/** As the state machine does: while the store does not answer there are further attempts. */
async function copyToTheEnd(job: MigrationJob) {
  const memory = newMemory()
  for (let attempt = 1; ; attempt += 1) {
    const outcome = await job.copy(0, { memory, attempt }).catch((error: Error) => error)
    if (!(outcome instanceof Error)) return outcome
    if (outcome.name !== 'StoreUnavailable' || attempt === STORE_ATTEMPTS) throw outcome
  }
}

test.each([
  [500, 'InternalError'],
  [503, 'SlowDown'],
  [403, 'SignatureDoesNotMatch'],
  [501, 'NotImplemented'],
  [400, 'InvalidArgument'],
  [405, 'MethodNotAllowed'],
  [200, 'AccessDenied'],
])('%i %s that only one object ever gets fails that object by call and key', async (status, code) => {
  foreign.play({ request: (request) => (request.key === 'o03' ? s3Error(status, code) : undefined) })
  const { job, failures } = await listed({ concurrency: 2 })
  expect(await copyToTheEnd(job)).toMatchObject({ objects: 11, failed: 1 })
  expect(await failures()).toEqual([
    expect.objectContaining({ key: 'o03', message: expect.stringContaining('PutObject of "o03" in bucket') }),
  ])
  expect(await keysOf(stores.to, 'target')).toEqual(keys.filter((key) => key !== 'o03'))
})

test('a connection that is cut for one object only fails that object', async () => {
  foreign.play({ request: ({ key }) => (key === 'o03' ? 'cut' : undefined) })
  const { job } = await listed({ concurrency: 2 })
  expect(await copyToTheEnd(job)).toMatchObject({ objects: 11, failed: 1 })
})

test('an object that fails a few times is copied in the end', async () => {
  let times = 0
  foreign.play({
    request: (request) => {
      if (request.key !== 'o03' || !writes(request)) return undefined
      times += 1
      return times <= 3 ? s3Error(500, 'InternalError') : undefined
    },
  })
  const { job } = await listed()
  expect(await job.copy(0)).toMatchObject({ objects: 12, failed: 0 })
})

test('several that fail one after the other do not stop the others', async () => {
  const bad = keys.slice(0, 6)
  foreign.play({ request: ({ key }) => (bad.includes(key) ? s3Error(500, 'InternalError') : undefined) })
  const { job } = await listed({ concurrency: 2 })
  expect(await copyToTheEnd(job)).toMatchObject({ objects: 6, failed: 6 })
})

test.each([
  ['of every write', (request: ForeignRequest) => writes(request)],
  ['of every call', () => true],
])('an outage %s stays an outage, and a later attempt finishes', async (_, isDown) => {
  const { job } = await listed()
  let calls = 0
  foreign.play({
    request: (request) => {
      if (writes(request)) calls += 1
      return isDown(request) && calls > 5 ? s3Error(503, 'ServiceUnavailable') : undefined
    },
  })
  const memory = newMemory()
  await expect(job.copy(0, { memory })).rejects.toMatchObject({ name: 'StoreUnavailable' })
  foreign.play()
  expect(await job.copy(0, { memory, attempt: 2 })).toMatchObject({ objects: 12, failed: 0 })
})

test('the last objects of a batch fail alone only when later attempts have found the same', async () => {
  foreign.play({ request: ({ key }) => (key === 'o11' ? s3Error(500, 'InternalError') : undefined) })
  const { job } = await listed({ concurrency: 1 })
  const memory = newMemory()
  await expect(job.copy(0, { memory })).rejects.toMatchObject({
    name: 'StoreUnavailable',
    message: expect.stringContaining('PutObject of "o11" in bucket target: InternalError (500)'),
  })
  expect(await job.copy(0, { memory, attempt: 4 })).toMatchObject({ objects: 11, failed: 1 })
})

test('where nothing ever passed it takes all attempts', async () => {
  foreign.play({ request: (request) => (writes(request) ? s3Error(500, 'InternalError') : undefined) })
  const { job } = await listed({ filter: { prefix: 'o11' } })
  await expect(job.copy(0, { attempt: 4 })).rejects.toMatchObject({ name: 'StoreUnavailable' })
  expect(await job.copy(0, { attempt: STORE_ATTEMPTS })).toMatchObject({ objects: 0, failed: 1 })
})

test('wrong credentials fail the job, and no object', async () => {
  const { job } = await listed()
  foreign.play({ request: () => s3Error(403, 'SignatureDoesNotMatch') })
  await expect(job.copy(0)).rejects.toMatchObject({ name: 'SignatureDoesNotMatch' })
})

test('a record that cannot be written is not the fault of an object', async () => {
  const { job } = await listed()
  stores.from.intercept(async ({ operation, bucket }) =>
    bucket === 'work' && operation === 'PutObject' ? 'fail' : undefined,
  )
  await expect(job.copy(0)).rejects.toMatchObject({ name: 'StoreUnavailable' })
  stores.from.intercept(undefined)
})

test('a large object that fails alone leaves no upload open', async () => {
  await put(stores.from, { key: 'o00-large' }, 9 * MIB)
  foreign.play({
    request: ({ query }) => (query.has('partNumber') ? s3Error(500, 'InternalError') : undefined),
  })
  const { job } = await listed({ concurrency: 1 })
  expect(await job.copy(0)).toMatchObject({ objects: 12, failed: 1 })
  await job.revert(0)
  await remove(stores.from, 'from', 'o00-large')
})

test('what fails for one object only stops neither its verification nor its deletion', async () => {
  const { job } = await listed({ concurrency: 2, remain_source: false })
  await job.copy(0)
  foreign.play({
    request: ({ key, method }) =>
      key === 'o03' && method === 'HEAD' ? s3Error(500, 'InternalError') : undefined,
    answer: ({ query, key }, answer) =>
      query.has('list-type') && key === ''
        ? { ...answer, body: String(answer.body).replace(/<ETag>[^<]*<\/ETag>/g, '') }
        : undefined,
  })
  expect(await job.verify(0, { attempt: 4 })).toMatchObject({ verified: 11, failed: 1 })
  foreign.play()
  expect(await job.verify(0)).toMatchObject({ verified: 12 })
  foreign.play({
    request: ({ key, method }) =>
      key === 'o03' && method === 'HEAD' ? s3Error(500, 'InternalError') : undefined,
  })
  expect(await job.deleteSource(0, { attempt: 4 })).toMatchObject({ deleted: 11, kept: 1 })
  expect(await keysOf(stores.from, 'from')).toEqual(['o03'])
  await Promise.all(keys.map((key) => put(stores.from, { key }, key)))
})
