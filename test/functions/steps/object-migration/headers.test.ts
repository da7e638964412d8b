import { HeadObjectCommand } from '@aws-sdk/client-s3'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { keptHeaders } from '#functions/steps/object-migration/copy/headers.ts'
import { type ForeignRequest, type ForeignStore, foreignStore, s3Error } from './foreign-store.ts'
import { startJob } from './migration-job.ts'
import { headersOf, jsonOf, keysOf, put } from './objects.ts'
import { MIB, type Stores, startStores } from './stores.ts'

const latin1 = (text: string) => Buffer.from(text).toString('latin1')
let stores: Stores
let foreign: ForeignStore
afterEach(async () => {
  await foreign.close()
  await stores.close()
})

/** A job from the foreign store: to itself, or to the local S3 that no name is given for. */
function foreignJob(within: boolean, destination: Stores['input']['destination'] = stores.input.destination) {
  const { endpoint } = foreign
  const there = { bucket: 'target', endpoint }
  const input = { source: { bucket: 'from', endpoint }, destination: within ? there : destination }
  return startJob({ connections: stores.connections, input })
}

/** Changes what the source says of its objects. */
const shows = (change: (headers: Record<string, unknown>) => void) =>
  foreign.play({
    answer: ({ method, bucket, query }, answer) => {
      const isObject = (method === 'HEAD' || method === 'GET') && query.size <= 1 && answer.status < 300
      if (isObject && bucket === 'from') change(answer.headers)
    },
  })

const failuresOf = (job: ReturnType<typeof startJob>) =>
  jsonOf<{ failures: { key: string; reason: string; message: string }[] }>(
    stores.from,
    `jobs/${job.job.job_execution_id}/results/00000.json`,
  ).then(({ failures }) => failures)

/** Before the local S3 of the destination: keeps what is written there, with the bytes of its headers. */
async function watchedTarget() {
  const writes: ForeignRequest[] = []
  const target = await foreignStore(stores.to.endpoint, {
    request: (request) => {
      const isWrite = request.method === 'PUT' || (request.method === 'POST' && request.query.has('uploads'))
      const isProbe = request.key.startsWith('.standdown-probe-')
      if (isWrite && !isProbe && !request.query.has('partNumber')) writes.push(request)
    },
  })
  const valuesOf = (name: string) => writes.map(({ headers }) => headers[name])
  return { at: { bucket: 'target', endpoint: target.endpoint }, writes, valuesOf, close: target.close }
}

describe.each([
  [1, true, 'within one store'],
  [2, false, 'between two stores'],
] as const)('stores: %d', (count, within, where) => {
  beforeEach(async () => {
    stores = await startStores(count)
    foreign = await foreignStore(stores.from.endpoint)
  })

  test(`tags are kept where the store does not say how many there are, ${where}`, async () => {
    for (const [key, size] of [
      ['large', 9 * MIB],
      ['small', 10],
    ] as const)
      await put(stores.from, { key }, size, { Tagging: 'album=summer' })
    shows((headers) => delete headers['x-amz-tagging-count'])
    await foreignJob(within).copyAll()
    for (const key of ['large', 'small']) {
      const { TagSet } = await headersOf(stores.to, 'target', key)
      expect(TagSet).toEqual([{ Key: 'album', Value: 'summer' }])
    }
  })
})

describe('between two stores', () => {
  beforeEach(async () => {
    stores = await startStores(2)
    foreign = await foreignStore(stores.from.endpoint)
    for (const [key, size] of [
      ['large', 9 * MIB],
      ['small', 10],
    ] as const)
      await put(stores.from, { key }, size)
  })

  test.each([
    ['content-disposition', latin1('attachment; filename="Mü.txt"')],
    ['content-disposition', 'attachment; filename="M\xfc.txt"'],
    ['content-disposition', latin1('attachment; filename="漢 字.txt"')],
    ['cache-control', latin1('max-age=60, x="ü"')],
    ['x-amz-meta-owner', latin1('Jürgen 漢字 🙂')],
    ['expires', '0'],
    ['expires', 'Thu, 01 Dec 1994 16:00:00 GMT, or so'],
    ['content-type', 'text/plain; charset=x'],
    ['x-amz-website-redirect-location', '/elsewhere'],
  ])('the header %s arrives with the same bytes: %s', async (name, value) => {
    shows((headers) => Object.assign(headers, { [name]: value }))
    const target = await watchedTarget()
    await foreignJob(false, target.at).copyAll()
    await target.close()
    expect(target.valuesOf(name)).toEqual([value, value])
    const isBeyond = /[^\x20-\x7e]/.test(value) && !name.startsWith('x-amz-')
    for (const { headers } of target.writes) {
      expect(new RegExp(`SignedHeaders=[^,]*${name}`).test(String(headers.authorization))).toBe(!isBeyond)
    }
  })

  test.each([
    ['aws-chunked', undefined],
    ['AWS-Chunked,gzip', 'gzip'],
    ['gzip, aws-chunked,br', 'gzip, br'],
    ['gzip,br', 'gzip,br'],
  ])('the content coding %s becomes %s', async (given, kept) => {
    shows((headers) => Object.assign(headers, { 'content-encoding': given }))
    const target = await watchedTarget()
    await foreignJob(false, target.at).copyAll()
    await target.close()
    expect(target.valuesOf('content-encoding')).toEqual([kept, kept])
  })

  test.each([
    ['bytes that are no UTF-8', { 'x-amz-meta-owner': 'J\xfcrgen' }, /metadata entry owner is neither ASCII/],
    [
      'a space that a signature loses',
      { 'x-amz-meta-owner': latin1('漢\u3000字') },
      /entry owner has a space/,
    ],
    ['entries that the store does not show', { 'x-amz-missing-meta': '2' }, /2 of its metadata entries/],
  ])(
    'an object whose metadata has %s is refused by its key, the others are copied',
    async (_, shown, message) => {
      await put(stores.from, { key: 'odd' }, 10)
      foreign.play({
        answer: ({ method, key, query }, answer) => {
          const isObject = (method === 'HEAD' || method === 'GET') && query.size <= 1
          if (isObject && key === 'odd') Object.assign(answer.headers, shown)
        },
      })
      const target = await foreignStore(stores.to.endpoint)
      const job = foreignJob(false, { bucket: 'target', endpoint: target.endpoint })
      await job.list()
      expect(await job.copy(0)).toMatchObject({ objects: 2, failed: 1 })
      expect(await failuresOf(job)).toEqual([
        { key: 'odd', reason: 'refused', message: expect.stringMatching(message) },
      ])
      expect(await keysOf(stores.to, 'target')).toEqual(['large', 'small'])
      await target.close()
    },
  )

  test('an object whose tags may not be read is refused by its key', async () => {
    await put(stores.from, { key: 'odd' }, 10)
    foreign.play({
      request: ({ key, query }) =>
        key === 'odd' && query.has('tagging') ? s3Error(403, 'AccessDenied') : undefined,
    })
    const job = foreignJob(false)
    await job.list()
    expect(await job.copy(0)).toMatchObject({ objects: 2, failed: 1 })
    const message = expect.stringMatching(/GetObjectTagging of "odd" .*AccessDenied/)
    expect(await failuresOf(job)).toEqual([{ key: 'odd', reason: 'denied', message }])
  })

  test('a source without tags has none: it is asked a few times, not once an object', async () => {
    for (let i = 0; i < 40; i += 1) await put(stores.from, { key: `s${i}` }, 10)
    let asked = 0
    foreign.play({
      request: ({ query }) => {
        if (!query.has('tagging')) return undefined
        asked += 1
        return s3Error(501, 'NotImplemented')
      },
    })
    const job = foreignJob(false)
    await job.list()
    expect(await job.copy(0)).toMatchObject({ objects: 42, failed: 0 })
    expect(asked).toBeLessThan(20)
  })
})

test('Amazon S3 gets metadata beyond ASCII as it answers it: RFC 2047', async () => {
  const Metadata = { owner: latin1('Jürgen'), plain: 'x' }
  expect(keptHeaders({ Metadata }, { isAmazon: true })).toEqual({
    'x-amz-meta-owner': '=?UTF-8?B?SsO8cmdlbg==?=',
    'x-amz-meta-plain': 'x',
  })
})

test('an empty object that is a website redirect stays one within a store', async () => {
  stores = await startStores()
  foreign = await foreignStore(stores.from.endpoint)
  await put(stores.from, { key: 'moved' }, 0, { WebsiteRedirectLocation: '/elsewhere' })
  await startJob(stores).copyAll()
  const head = new HeadObjectCommand({ Bucket: 'target', Key: 'moved' })
  expect(await stores.to.client.send(head)).toMatchObject({ WebsiteRedirectLocation: '/elsewhere' })
})

describe('an object with content that redirects', () => {
  beforeEach(async () => {
    stores = await startStores()
    foreign = await foreignStore(stores.from.endpoint)
    await put(stores.from, { key: 'moved' }, 10, { WebsiteRedirectLocation: '/elsewhere' })
    await put(stores.from, { key: 'plain' }, 10)
  })

  /** How often objects were looked at, and where the copy leads. */
  async function copied(website: ReturnType<typeof s3Error> | undefined, more: object = {}) {
    let heads = 0
    let asked = 0
    foreign.play({
      request: ({ method, bucket, key, query }) => {
        if (method === 'HEAD' && bucket === 'from' && ['moved', 'plain'].includes(key)) heads += 1
        if (!query.has('website')) return undefined
        asked += 1
        return website
      },
    })
    const at = (bucket: string) => ({ bucket, endpoint: foreign.endpoint })
    await startJob(stores, { source: at('from'), destination: at('target'), ...more }).copyAll()
    const head = new HeadObjectCommand({ Bucket: 'target', Key: 'moved' })
    const { WebsiteRedirectLocation } = await stores.to.client.send(head)
    return { heads, asked, redirect: WebsiteRedirectLocation }
  }

  const website = {
    status: 200,
    headers: { 'content-type': 'application/xml' },
    body: '<WebsiteConfiguration/>',
  }

  test.each([
    ['serves a website', website],
    ['may serve one, which nobody may know', s3Error(403, 'AccessDenied')],
    ['may serve one, which the store cannot say now', s3Error(500, 'InternalError')],
  ])('stays one in a copy within a store whose bucket %s', async (_, answer) => {
    expect(await copied(answer)).toMatchObject({ heads: 2, redirect: '/elsewhere' })
  })

  test.each([
    ['serves no website', undefined],
    ['cannot serve one', s3Error(501, 'NotImplemented')],
  ])('is not looked for where the bucket %s, and the bucket is asked once', async (_, answer) => {
    expect(await copied(answer)).toEqual({ heads: 0, asked: 1, redirect: undefined })
  })

  test('stays one everywhere where nothing may be lost', async () => {
    expect(await copied(undefined, { refuse_loss: true })).toMatchObject({ redirect: '/elsewhere' })
  })
})
