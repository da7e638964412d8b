import { CreateMultipartUploadCommand, UploadPartCommand } from '@aws-sdk/client-s3'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { arrivedParts, openUploads } from '#functions/steps/object-migration/copy/uploads.ts'
import { findObjects } from '#functions/steps/object-migration/store/find-objects.ts'
import { Lacks } from '#functions/steps/object-migration/store/lacks.ts'
import {
  type ForeignAnswer,
  type ForeignRequest,
  type ForeignStore,
  foreignStore,
  s3Error,
} from './foreign-store.ts'
import { startJob } from './migration-job.ts'
import { contentsOf, jsonOf, keysOf, put, remove } from './objects.ts'
import { MIB, type Stores, startStores } from './stores.ts'
import { newMemory } from './tools.ts'

const keys = Array.from({ length: 10 }, (_, i) => `k${i} ü/+%`)

let stores: Stores
let foreign: ForeignStore
beforeAll(async () => {
  stores = await startStores(2)
  foreign = await foreignStore(stores.from.endpoint)
  for (const key of keys) await put(stores.from, { key }, key)
})
afterEach(async () => {
  foreign.play()
  for (const key of await keysOf(stores.to, 'target')) await remove(stores.to, 'target', key)
})
afterAll(async () => {
  await foreign.close()
  await stores.close()
})

const job = (more: object = {}) =>
  startJob(stores, { source: { bucket: 'from', endpoint: foreign.endpoint }, ...more })
const isList = ({ query, bucket }: ForeignRequest) => bucket === 'from' && query.has('list-type')

/** Pages of four; `change` has the text of each answer to a listing. */
function playListing(change: (xml: string, page: number) => string, forward?: (url: string) => string): void {
  let page = 0
  foreign.play({
    request: (request) => {
      if (!isList(request)) return undefined
      request.url = `${forward?.(request.url) ?? request.url}&max-keys=4`
      return undefined
    },
    answer: (request, answer: ForeignAnswer) => {
      if (!isList(request)) return undefined
      page += 1
      return { ...answer, body: change(String(answer.body), page) }
    },
  })
}

const withoutToken = (xml: string) => xml.replace(/<NextContinuationToken>.*<\/NextContinuationToken>/, '')
const token = (text: string) => (xml: string) =>
  xml.replace(/(<NextContinuationToken>).*(<\/NextContinuationToken>)/, `$1${text}$2`)
const noStartAfter = (url: string) => url.replace(/(?<=[?&])start-after=[^&]*/, 'x-id=List')
const noToken = (url: string) => url.replace(/(?<=[?&])continuation-token=[^&]*/, 'x-id=List')

test.each([
  ['as they should be', (xml: string) => xml],
  ['without tokens', withoutToken],
  ['with empty tokens', token('')],
])('pages %s give every object', async (_, change) => {
  playListing(change)
  expect(await job().list()).toMatchObject({ objects: 10 })
})

test.each([
  ['without a token by a store that knows no StartAfter', withoutToken, noStartAfter],
  ['whose token is ignored', (xml: string) => xml, noToken],
  ['whose token is always the same', token('again'), noToken],
  [
    'that are empty and without a token',
    (xml: string) => withoutToken(xml.replace(/<Contents>.*<\/Contents>/s, '')),
    undefined,
  ],
  [
    'that are empty for ever, with one token',
    (xml: string) => token('x')(xml.replace(/<Contents>.*<\/Contents>/s, '')),
    noToken,
  ],
])('pages %s fail the listing', async (_, change, forward) => {
  playListing(change, forward)
  await expect(job().list()).rejects.toMatchObject({
    name: 'ListingError',
    message: expect.stringMatching(/bucket from (does not move on|breaks off)/),
  })
})

test('what is no listing is not taken for an empty bucket', async () => {
  playListing(() => '<html><body>welcome</body></html>')
  await expect(job().list()).rejects.toThrow(/no listing of an S3 store/)
})

test('a resumed listing that begins anew fails', async () => {
  const memory = newMemory()
  const listing = job()
  memory.checkpoint = { start_after: keys[5], batches: 1, objects: 6, bytes: 6 }
  playListing((xml) => xml, noStartAfter)
  await expect(listing.list({ memory, attempt: 2 })).rejects.toThrow(/begins anew/)
})

test('a name that cannot be decoded is told, and the others are copied', async () => {
  playListing((xml, page) =>
    page === 1 ? xml.replace(/<Key>k3[^<]*/, '<Key>k%FF').replace(/<Key>k1[^<]*/, '<Key>k%zz') : xml,
  )
  const copying = job()
  await copying.copyAll()
  const path = `jobs/${copying.job.job_execution_id}/results/00000.json`
  const { failures } = await jsonOf<{ failures: object[] }>(stores.from, path)
  expect(failures).toEqual([
    { key: 'k%zz', reason: 'refused', message: expect.stringContaining('listed as "k%zz"') },
    { key: 'k%FF', reason: 'refused', message: expect.stringContaining('listed as "k%FF"') },
  ])
  expect(await keysOf(stores.to, 'target')).toHaveLength(8)
})

test('names that are listed as they are, without their encoding, are read', async () => {
  playListing((xml) => {
    const plain = xml.replace('<EncodingType>url</EncodingType>', '')
    return plain.replace(
      /(<Key>)([^<]*)/g,
      (_, tag, key) => tag + decodeURIComponent(key.replaceAll('+', ' ')),
    )
  })
  const copying = job()
  await copying.copyAll()
  expect(await contentsOf(stores.to, 'target')).toEqual(await contentsOf(stores.from, 'from'))
})

test.each([
  ['no ETag', /<ETag>[^<]*<\/ETag>/g, ''],
  ['an empty ETag', /<ETag>[^<]*<\/ETag>/g, '<ETag/>'],
  ['a weak ETag', /<ETag>&quot;/g, '<ETag>W/&quot;'],
])('objects listed with %s are copied by the ETag that HEAD has', async (_, etag, instead) => {
  playListing((xml) => xml.replace(etag, instead))
  const copying = job()
  await copying.copyAll()
  const listed = await jsonOf<{ etag: string }[]>(
    stores.from,
    `jobs/${copying.job.job_execution_id}/manifests/00000.json`,
  )
  expect(listed.every(({ etag }) => /^[0-9a-f]{32}$/.test(etag))).toBe(true)
  expect(await contentsOf(stores.to, 'target')).toEqual(await contentsOf(stores.from, 'from'))
})

test.each([
  ['no ETag', () => undefined],
  ['empty ETags', () => '""'],
  ['weak ETags', (etag: string) => `W/${etag}`],
])('objects of a store that tells %s everywhere are copied', async (name, instead) => {
  foreign.play({
    answer: (request, answer) => {
      const { etag } = answer.headers
      if (etag) answer.headers.etag = instead(String(etag))
      if (etag && answer.headers.etag === undefined) delete answer.headers.etag
      if (isList(request)) answer.body = String(answer.body).replace(/<ETag>[^<]*<\/ETag>/g, '')
      return undefined
    },
  })
  // a rollback keeps what other jobs of this file have copied, too
  const copying = job({ destination: { ...stores.input.destination, prefix: `${name}/` } })
  await copying.copyAll()
  const hashes = async (...at: Parameters<typeof contentsOf>) => Object.values(await contentsOf(...at))
  expect(await hashes(stores.to, 'target')).toEqual(await hashes(stores.from, 'from'))
  await copying.revert(0)
  expect(await keysOf(stores.to, 'target')).toEqual([])
})

test.each([
  ['was never as it was listed', 0, 'refused', /the list and the object differ: listed with 0 bytes/],
  ['was written since', 60_000, 'changed', /PreconditionFailed/],
])('an object that %s is told so', async (_, since, reason, message) => {
  playListing((xml, page) => {
    if (page > 1) return xml
    const [first = ''] = xml.match(/<Contents>.*?<\/Contents>/s) ?? []
    const modified = new Date(Date.now() - since).toISOString()
    const other = first
      .replace(/<Size>\d+/, '<Size>0')
      .replace(/<ETag>[^<]*/, '<ETag>&quot;d41d8cd98f00b204e9800998ecf8427e&quot;')
      .replace(/<LastModified>[^<]*/, `<LastModified>${modified}`)
    return xml.replace(first, other)
  })
  const copying = job()
  await copying.copyAll()
  const path = `jobs/${copying.job.job_execution_id}/results/00000.json`
  const { failures } = await jsonOf<{ failures: object[] }>(stores.from, path)
  expect(failures).toEqual([{ key: keys[0], reason, message: expect.stringMatching(message) }])
  expect(await keysOf(stores.to, 'target')).toHaveLength(9)
})

test('of objects without ETags one that may not be looked at stops no other', async () => {
  foreign.play({
    request: ({ key, method }) =>
      key === keys[3] && method !== 'PUT' ? s3Error(403, 'AccessDenied') : undefined,
    answer: (request, answer) =>
      isList(request)
        ? { ...answer, body: String(answer.body).replace(/<ETag>[^<]*<\/ETag>/g, '') }
        : undefined,
  })
  const copying = job()
  await copying.copyAll()
  expect(await keysOf(stores.to, 'target')).toEqual(keys.filter((key) => key !== keys[3]))
})

test('what may not be looked at counts as there', async () => {
  playListing((xml) => xml.replace(/<ETag>[^<]*<\/ETag>/g, ''))
  const client = await store('from')
  stores.from.intercept(undefined)
  const seen = await findObjects(client, keys, looking)
  foreign.play({ request: ({ method }) => (method === 'HEAD' ? s3Error(403, 'AccessDenied') : undefined) })
  expect((await findObjects(client, [...keys, 'k9 zz'], looking)).size).toBe(seen.size)
})

const signal = new AbortController().signal
const looking = { signal, pauses: [1, 1] }
const store = async (bucket: string) => {
  const client = stores.connections.connect({ bucket, endpoint: foreign.endpoint })
  return {
    client,
    bucket,
    prefix: '',
    isAmazon: false,
    lacks: new Lacks('source', { write: async () => undefined }),
  }
}

test.each([
  ['as they should be', (xml: string) => xml, 5],
  [
    'without markers',
    (xml: string) => xml.replace(/<Next(KeyMarker|UploadIdMarker|PartNumberMarker)>[^<]*<[^>]*>/g, ''),
    5,
  ],
  ['whose markers are ignored', (xml: string) => xml, 0],
])('uploads and parts in pages %s', async (name, change, count) => {
  const key = `upload ${name}`
  const { client } = stores.from
  const ids: string[] = []
  for (let i = 0; i < 5; i += 1) {
    const { UploadId } = await client.send(new CreateMultipartUploadCommand({ Bucket: 'from', Key: key }))
    ids.push(UploadId!)
    const part = { Bucket: 'from', Key: key, UploadId: ids[0], PartNumber: i + 1 }
    await client.send(new UploadPartCommand({ ...part, Body: Buffer.alloc(MIB) }))
  }
  const pages = ({ query, method }: ForeignRequest) =>
    method === 'GET' && (query.has('uploads') || query.has('uploadId'))
  foreign.play({
    request: (request) => {
      if (!pages(request)) return undefined
      if (count === 0) request.url = request.url.replace(/(?<=[?&])[a-z-]*marker=[^&]*/g, 'x-id=List')
      request.url += request.query.has('uploads') ? '&max-uploads=2' : '&max-parts=2'
      return undefined
    },
    answer: (request, answer) =>
      pages(request) ? { ...answer, body: change(String(answer.body)) } : undefined,
  })
  const uploads = openUploads(await store('from'), key, signal)
  const parts = arrivedParts(await store('from'), { key, id: ids[0]! }, signal)
  if (count > 0) {
    expect((await uploads)?.map(({ id }) => id).sort()).toEqual(ids.sort())
    expect((await parts)?.map(({ number }) => number)).toEqual([1, 2, 3, 4, 5])
  } else {
    await expect(uploads).rejects.toThrow(/does not move on/)
    await expect(parts).rejects.toThrow(/does not move on/)
  }
})

test('keys are found among thousands of neighbours by lists alone', async () => {
  const all = Array.from({ length: 300 }, (_, i) => `n/${String(i).padStart(4, '0')}`)
  for (const key of all) await put(stores.from, { key }, key)
  playListing((xml) => xml)
  const calls: string[] = []
  stores.from.intercept(async ({ operation }) => {
    calls.push(operation)
    return undefined
  })
  for (const start of [0, 150, 290]) {
    const wanted = all.slice(start, start + 10)
    const found = await findObjects(await store('from'), [...wanted, `${wanted[9]}b`], looking)
    expect([...found.keys()]).toEqual(wanted)
  }
  stores.from.intercept(undefined)
  for (const key of all) await remove(stores.from, 'from', key)
  expect(calls.every((call) => call === 'ListObjectsV2')).toBe(true)
})

test('what a store lists in another order is looked for by HEAD', async () => {
  playListing((xml) => {
    const entries = xml.match(/<Contents>.*?<\/Contents>/gs) ?? []
    return xml.replace(/<Contents>.*<\/Contents>/s, entries.reverse().join(''))
  })
  expect((await findObjects(await store('from'), keys, looking)).size).toBe(10)
})
