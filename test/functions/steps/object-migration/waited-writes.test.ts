import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { JobAborted, StepOutOfTime } from '#sdk/index.ts'
import { type ForeignStore, foreignStore } from './foreign-store.ts'
import { startJob } from './migration-job.ts'
import { contentsOf, keysOf, put, uploadsOf } from './objects.ts'
import { MIB, type Stores, startStores } from './stores.ts'

const stop = new JobAborted('the job is CANCELLING')
let stores: Stores
let foreign: ForeignStore
afterEach(async () => {
  await foreign.close()
  await stores.close()
})

async function prepare(count: 1 | 2) {
  stores = await startStores(count)
  foreign = await foreignStore(stores.to.endpoint)
  await put(stores.from, { key: 'a' }, 10)
  await put(stores.from, { key: 'large' }, 9 * MIB)
  await put(stores.from, { key: 'z' }, 10)
}

describe.each([
  ['CopyObject', 1, ['a']],
  ['PutObject', 2, ['a']],
  ['CompleteMultipartUpload', 1, ['large']],
  ['CompleteMultipartUpload', 2, ['large']],
] as const)('%s, stores: %d', (write, count, keys) => {
  beforeEach(() => prepare(count))

  test('that is under way when the job is stopped by force has ended when the attempt has', async () => {
    const force = new AbortController()
    let tries = 0
    stores.to.intercept(async ({ operation, bucket, key }) => {
      if (operation !== write || bucket !== 'target' || !keys.some((wanted) => wanted === key)) return
      tries += 1
      force.abort(stop)
      // as long as it takes until everything that the abort could cut off is cut off
      for (let turn = 0; turn < 50; turn += 1) await new Promise(setImmediate)
      return tries === 1 ? 'drop-reply' : undefined
    })
    const job = startJob(stores, { concurrency: 1 })
    await job.list()
    await expect(job.copy(0, { signal: force.signal })).rejects.toBe(stop)
    stores.to.intercept(undefined)
    expect(tries).toBe(1)
    expect(await keysOf(stores.to, 'target')).toEqual(expect.arrayContaining([...keys]))
    await job.abort(0, { rollback: true })
    expect(await keysOf(stores.to, 'target')).toEqual([])
    expect(await uploadsOf(stores.to, 'target')).toEqual([])
  })
})

test("a call that hangs is left behind at the Lambda's end, so that the step can go on in another one", async () => {
  await prepare(1)
  const outOfTime = new StepOutOfTime('the time is nearly over')
  const end = new AbortController()
  const held = Promise.withResolvers<undefined>()
  stores.to.intercept(async ({ operation }) => {
    if (operation !== 'CopyObject') return undefined
    end.abort(outOfTime)
    return await held.promise
  })
  const job = startJob(stores)
  await job.list()
  await expect(job.copy(0, { signal: end.signal })).rejects.toBe(outOfTime)
  held.resolve(undefined)
})

test.each([
  ['Amazon S3 with a KMS key', true, { 'x-amz-server-side-encryption-aws-kms-key-id': 'k' }],
  ['a store with ETags of its own', false, {}],
])(
  'a lost reply of CompleteMultipartUpload is made good where no ETag can be computed: %s',
  async (_, isAmazon, shown) => {
    await prepare(1)
    const etag = '"0123456789abcdef0123456789abcdef-2"'
    foreign.play({
      answer: ({ method, bucket, key, query }, answer) => {
        if (method === 'POST' && query.has('uploadId') && answer.status === 200) return 'cut'
        if (method !== 'HEAD' || bucket !== 'target' || key !== 'large' || answer.status !== 200) return
        Object.assign(answer.headers, { etag, ...shown })
      },
    })
    const { endpoint } = foreign
    const ends = { source: { bucket: 'from', endpoint }, destination: { bucket: 'target', endpoint } }
    const connections = { ...stores.connections, defaultEndpoint: endpoint }
    connections.connect = () => stores.connections.connect({ bucket: '', endpoint })
    const job = startJob({ connections, input: isAmazon ? stores.input : ends })
    await job.list()
    expect(await job.copy(0)).toEqual({ objects: 3, bytes: 9 * MIB + 20, failed: 0 })
    expect(await contentsOf(stores.to, 'target')).toEqual(await contentsOf(stores.from, 'from'))
  },
)

test('what somebody else wrote under the key is not taken for the completed upload', async () => {
  await prepare(1)
  stores.to.intercept(async ({ operation }) => {
    if (operation !== 'CompleteMultipartUpload') return undefined
    stores.to.intercept(undefined)
    await put(stores.to, { bucket: 'target', key: 'large' }, 9 * MIB)
    return 'fail'
  })
  const job = startJob(stores)
  await job.list()
  expect(await job.copy(0)).toMatchObject({ objects: 3, failed: 0 })
  expect(await contentsOf(stores.to, 'target')).toEqual(await contentsOf(stores.from, 'from'))
})
