import { afterEach, beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest'
import { type ForeignRequest, foreignStore, s3Error } from './foreign-store.ts'
import { startJob } from './migration-job.ts'
import { contentsOf, keysOf, put } from './objects.ts'
import { type Stores, startStores } from './stores.ts'

let stores: Stores
let whole: Record<string, string>
beforeEach(async () => {
  stores = await startStores()
  // where the steps' own endpoint is on this machine, so may be others
  vi.stubEnv('AWS_ENDPOINT_URL_S3', stores.from.endpoint)
  for (const key of ['a', 'b', 'in/c', 'in/in/d']) await put(stores.from, { key }, `this is ${key}`)
  whole = await contentsOf(stores.from, 'from')
})
afterEach(async () => {
  vi.unstubAllEnvs()
  await stores.close()
})

/** The same server by another name. */
const renamed = (host: string, path = ''): string => {
  const { port } = new URL(stores.from.endpoint)
  return `http://${host}:${port}${path}`
}

async function expectRefused(input: object): Promise<void> {
  const job = startJob(stores, input)
  await expect(job.list()).rejects.toMatchObject({
    name: 'MigrationInputError',
    message: expect.stringContaining('also at the source'),
  })
  expect(await contentsOf(stores.from, 'from')).toEqual(whole)
}

describe.each([[false], [true]])('with remain_source %s', (remain_source) => {
  test.each([
    ['itself', {}, {}],
    ['a prefix inside the source', {}, { prefix: 'in/' }],
    ['a prefix around the source', { prefix: 'in/' }, {}],
    ['a prefix that begins a name', { prefix: 'in/' }, { prefix: 'i' }],
  ])('a bucket of two host names is not migrated into %s', async (_, from, to) => {
    await expectRefused({
      source: { bucket: 'from', endpoint: renamed('localhost'), ...from },
      destination: { bucket: 'from', ...to },
      remain_source,
    })
  })

  test('a bucket that an endpoint with a path reaches by other keys is not migrated into', async () => {
    await expectRefused({
      source: { bucket: 'from' },
      destination: { endpoint: renamed('127.0.0.1', '/from'), bucket: 'in' },
      remain_source,
    })
  })

  test('prefixes of one bucket of two names that lie apart are migrated', async () => {
    const job = startJob(stores, {
      source: { bucket: 'from', prefix: 'in/', endpoint: renamed('localhost') },
      destination: { bucket: 'from', prefix: 'out/' },
      remain_source,
    })
    await job.copyAll()
    expect(await keysOf(stores.from, 'from')).toEqual([...Object.keys(whole), 'out/c', 'out/in/d'])
  })
})

test('a probe of another job is not migrated', async () => {
  await put(stores.from, { key: `.standdown-probe-${crypto.randomUUID()}` }, 'removed by its job')
  await startJob(stores).copyAll()
  expect(await contentsOf(stores.to, 'target')).toEqual(whole)
})

describe('the probe', () => {
  const isProbe = ({ key }: ForeignRequest): boolean => key.includes('.standdown-probe-')

  test.each([
    ['PUT', 'PutObject'],
    ['HEAD', 'HeadObject'],
  ])('whose %s is denied refuses a move, but no copy', async (method, call) => {
    const store = await foreignStore(stores.from.endpoint, {
      request: (request) =>
        isProbe(request) && request.method === method ? s3Error(403, 'AccessDenied') : undefined,
    })
    onTestFinished(store.close)
    const { endpoint } = store
    const ends = { source: { bucket: 'from', endpoint }, destination: { bucket: 'target', endpoint } }
    await expect(startJob(stores, { ...ends, remain_source: false }).list()).rejects.toMatchObject({
      name: 'MigrationInputError',
      message: expect.stringMatching(new RegExp(`${call} of .*probe.*403`)),
    })
    expect(await keysOf(stores.to, 'target')).toEqual([])
    await startJob(stores, ends).copyAll()
    expect(await contentsOf(stores.to, 'target')).toEqual(whole)
  })

  test('is removed by the clean-up of a listing that was cut off', async () => {
    const job = startJob(stores)
    const abort = new AbortController()
    const onCheckpoint = () => abort.abort(new Error('stopped'))
    await expect(job.list({ signal: abort.signal, onCheckpoint })).rejects.toThrow('stopped')
    expect(await keysOf(stores.to, 'target')).toHaveLength(1)
    await job.abortListing()
    expect(await keysOf(stores.to, 'target')).toEqual([])
  })

  test('that may not be deleted is told: in the report, and by a clean-up that fails', async () => {
    const store = await foreignStore(stores.from.endpoint, {
      request: (request) =>
        isProbe(request) && request.method === 'DELETE' ? s3Error(403, 'AccessDenied') : undefined,
    })
    onTestFinished(store.close)
    const job = startJob(stores, { destination: { bucket: 'target', endpoint: store.endpoint } })
    await job.copyAll()
    const why = expect.stringMatching(/DeleteObject of .*probe.*403/)
    expect((await job.verifyAll()).lacks).toMatchObject([
      { end: 'destination', feature: 'deletion', said: why },
    ])
    await expect(job.abortListing()).rejects.toThrow(/probe stays at the destination.*DeleteObject.*403/)
    store.play()
    await job.abortListing()
    expect((await keysOf(stores.to, 'target')).filter((key) => key.includes('probe'))).toEqual([])
  })

  test('that the source shows only after the listing is found then', async () => {
    let looks = 0
    const store = await foreignStore(stores.from.endpoint, {
      request: (request) => {
        if (!isProbe(request) || request.method !== 'HEAD') return undefined
        looks += 1
        return looks === 1 ? s3Error(404, 'NotFound') : undefined
      },
    })
    onTestFinished(store.close)
    const source = { bucket: 'from', endpoint: store.endpoint, prefix: 'in/' }
    await expectRefused({ source, destination: { bucket: 'from' }, filter: { prefix: 'nothing' } })
    expect(looks).toBe(2)
  })
})
