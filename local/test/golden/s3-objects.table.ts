import {
  CopyObjectCommand,
  type CopyObjectCommandInput,
  CreateBucketCommand,
  GetObjectCommand,
  GetObjectTaggingCommand,
  HeadObjectCommand,
  type HeadObjectCommandOutput,
  PutObjectCommand,
} from '@aws-sdk/client-s3'
import { expect } from 'vitest'
import { send } from '../s3/raw.ts'
import type { StartedS3 } from '../s3/start.ts'
import type { GoldenRow } from './golden.ts'

const API = 'https://docs.aws.amazon.com/AmazonS3/latest/API'
const UG = 'https://docs.aws.amazon.com/AmazonS3/latest/userguide'
const HTTP = 'https://www.rfc-editor.org/rfc/rfc9110.html'

const Key = 'folder/report 1.txt'
const described = {
  ContentType: 'text/plain; charset=utf-8',
  CacheControl: 'max-age=60',
  ContentDisposition: 'attachment; filename="r.txt"',
  ContentEncoding: 'identity',
  ContentLanguage: 'de',
  Metadata: { author: 'me', empty: '' },
}
let buckets = 0

/** A bucket of its own with one object, and what a row does with them. */
async function openReport({ client, endpoint }: StartedS3) {
  const Bucket = `objects-${buckets++}`
  await client.send(new CreateBucketCommand({ Bucket }))
  const content = { Body: '0123456789', Tagging: 'team=a%20b&x=', ...described }
  const { ETag: etag = '' } = await client.send(new PutObjectCommand({ Bucket, Key, ...content }))
  const read = (key: string) => `${endpoint}/${Bucket}/${encodeURIComponent(key)}`
  return {
    etag,
    CopySource: `${Bucket}/${encodeURIComponent(Key)}`,
    read: (headers: Record<string, string> = {}, key = Key) => send(read(key), { headers }),
    head: (key = Key) => client.send(new HeadObjectCommand({ Bucket, Key: key, ChecksumMode: 'ENABLED' })),
    tags: async (key = Key) => (await client.send(new GetObjectTaggingCommand({ Bucket, Key: key }))).TagSet,
    put: (key: string, Body: string, condition: { IfMatch?: string; IfNoneMatch?: string } = {}) =>
      client.send(new PutObjectCommand({ Bucket, Key: key, Body, ...condition })),
    get: async (key: string) => {
      const { Body } = await client.send(new GetObjectCommand({ Bucket, Key: key }))
      return Body?.transformToString()
    },
    copy: (key: string, more: Partial<CopyObjectCommandInput> = {}) => {
      const CopySource = `${Bucket}/${encodeURIComponent(Key)}`
      return client.send(new CopyObjectCommand({ Bucket, Key: key, CopySource, ...more }))
    },
    bucket: Bucket,
  }
}

type Report = Awaited<ReturnType<typeof openReport>>
const row = (behaviour: string, source: string, check: (report: Report) => unknown) => ({
  behaviour,
  source,
  check: async (s3: StartedS3) => void (await check(await openReport(s3))),
})
const everythingButTime = ({ $metadata: _, LastModified: __, ...output }: HeadObjectCommandOutput) => output

const ranges: [range: string, status: number, body: string, contentRange?: string][] = [
  ['bytes=2-4', 206, '234', 'bytes 2-4/10'],
  ['bytes=7-', 206, '789', 'bytes 7-9/10'],
  ['bytes=-3', 206, '789', 'bytes 7-9/10'],
  ['bytes=-30', 206, '0123456789', 'bytes 0-9/10'],
  ['bytes=8-30', 206, '89', 'bytes 8-9/10'],
  ['bytes=4-2', 200, '0123456789'],
  ['pages=1', 200, '0123456789'],
]

const reads: GoldenRow<StartedS3>[] = [
  row(
    'an object comes back with its metadata, tags and checksum',
    `${API}/API_GetObject.html`,
    async (at) => {
      const head = await at.head()
      expect(head).toMatchObject({ ...described, ContentLength: 10, TagCount: 2, ETag: at.etag })
      expect(head).toMatchObject({ ChecksumCRC32: 'poTHxg==', ChecksumType: 'FULL_OBJECT' })
      expect(await at.tags()).toEqual([
        { Key: 'team', Value: 'a b' },
        { Key: 'x', Value: '' },
      ])
    },
  ),
  ...ranges.map(([range, status, body, contentRange]) =>
    row(`a read with Range ${range} answers ${status} ${body}`, `${HTTP}#name-range`, async (at) => {
      const reply = await at.read({ range })
      expect([reply.status, reply.body, reply.headers['content-range']]).toEqual([status, body, contentRange])
    }),
  ),
  row(
    'a part of an object has no checksum of the whole beside it',
    `${API}/API_GetObject.html`,
    async (at) => {
      const part = await at.read({ range: 'bytes=0-1', 'x-amz-checksum-mode': 'ENABLED' })
      expect(part.headers['x-amz-checksum-crc32']).toBeUndefined()
    },
  ),
  ...(['if-match', 'if-none-match'] as const).flatMap((name) =>
    (['its', 'another'] as const).map((whose) => {
      const wanted = { 'if-match': { its: 200, another: 412 }, 'if-none-match': { its: 304, another: 200 } }
      const status = wanted[name][whose]
      const source = `${UG}/conditional-requests.html`
      return row(`a read with ${name} of ${whose} ETag answers ${status}`, source, async (at) => {
        expect((await at.read({ [name]: whose === 'its' ? at.etag : '"other"' })).status).toBe(status)
      })
    }),
  ),
]

const WRITES = `${UG}/conditional-writes.html`
const writes: GoldenRow<StartedS3>[] = [
  row('a write with if-none-match * does not replace an object', WRITES, async (at) => {
    const put = at.put(Key, 'other', { IfNoneMatch: '*' })
    await expect(put).rejects.toMatchObject({ name: 'PreconditionFailed' })
    expect((await at.head()).ETag).toBe(at.etag)
  }),
  row('a write with if-match replaces only the version of that ETag', WRITES, async (at) => {
    const { ETag: IfMatch = '' } = await at.put('known', 'one')
    await at.put('known', 'two', { IfMatch })
    const stale = at.put('known', 'three', { IfMatch })
    await expect(stale).rejects.toMatchObject({ name: 'PreconditionFailed' })
    expect(await at.get('known')).toBe('two')
  }),
  row('of three writes at once with if-none-match * one creates the object', WRITES, async (at) => {
    const writers = [1, 2, 3].map(() => at.put('once', 'x', { IfNoneMatch: '*' }))
    const results = await Promise.allSettled(writers)
    expect(results.filter((result) => result.status === 'fulfilled')).toHaveLength(1)
  }),
]

const COPY = `${API}/API_CopyObject.html`
const copies: GoldenRow<StartedS3>[] = [
  row('a copy is equal to its source in everything but its time', COPY, async (at) => {
    await at.copy('copy')
    expect(everythingButTime(await at.head('copy'))).toEqual(everythingButTime(await at.head()))
    expect(await at.tags('copy')).toEqual(await at.tags())
  }),
  row(
    'a copy has the website redirect that its request names, never that of its source',
    COPY,
    async (at) => {
      await at.copy('redirect', { WebsiteRedirectLocation: '/elsewhere' })
      expect(await at.head('redirect')).toMatchObject({ WebsiteRedirectLocation: '/elsewhere' })
      await at.copy('copy', { CopySource: `${at.bucket}/redirect` })
      expect(await at.head('copy')).not.toHaveProperty('WebsiteRedirectLocation')
    },
  ),
  row('a copy takes new metadata and tags where the directives say REPLACE', COPY, async (at) => {
    const directives = { MetadataDirective: 'REPLACE', TaggingDirective: 'REPLACE' } as const
    const replacement = { ContentType: 'text/html', Metadata: { fresh: 'yes' } }
    await at.copy('copy', { ...directives, ...replacement, Tagging: 'new=1' })
    const copied = await at.head('copy')
    expect(copied).toMatchObject({ ...replacement, ETag: at.etag })
    expect(copied.CacheControl).toBeUndefined()
    expect(await at.tags('copy')).toEqual([{ Key: 'new', Value: '1' }])
  }),
  ...(['CopySourceIfMatch', 'CopySourceIfNoneMatch', 'IfNoneMatch'] as const).map((condition) =>
    row(`a copy whose ${condition} does not hold is PreconditionFailed`, COPY, async (at) => {
      const values = { CopySourceIfMatch: '"other"', CopySourceIfNoneMatch: at.etag, IfNoneMatch: '*' }
      const copy = at.copy(Key, { [condition]: values[condition], MetadataDirective: 'REPLACE' })
      await expect(copy).rejects.toMatchObject({ name: 'PreconditionFailed' })
    }),
  ),
  row('a copy outlives its source', COPY, async (at) => {
    await at.put('short-lived', 'first')
    await at.copy('long-lived', { CopySource: `${at.bucket}/short-lived` })
    await at.put('short-lived', 'second')
    expect(await at.get('long-lived')).toBe('first')
  }),
]

/** What S3 keeps of an object, and how it is read, written on a condition, and copied. */
export const S3_OBJECTS: GoldenRow<StartedS3>[] = [...reads, ...writes, ...copies]
