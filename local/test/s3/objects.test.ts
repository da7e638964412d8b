import {
  CopyObjectCommand,
  CreateBucketCommand,
  GetObjectCommand,
  GetObjectTaggingCommand,
  HeadObjectCommand,
  type HeadObjectCommandOutput,
  PutObjectCommand,
} from '@aws-sdk/client-s3'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { send } from './raw.ts'
import { type StartedS3, startS3 } from './start.ts'

const Bucket = 'objects'
const Key = 'folder/report 1.txt'
const CopySource = `${Bucket}/${encodeURIComponent(Key)}`
let s3: StartedS3
let etag: string

const described = {
  ContentType: 'text/plain; charset=utf-8',
  CacheControl: 'max-age=60',
  ContentDisposition: 'attachment; filename="r.txt"',
  ContentEncoding: 'identity',
  ContentLanguage: 'de',
  Metadata: { author: 'me', empty: '' },
}

beforeAll(async () => {
  s3 = await startS3()
  await s3.client.send(new CreateBucketCommand({ Bucket }))
  const put = new PutObjectCommand({
    Bucket,
    Key,
    Body: '0123456789',
    Tagging: 'team=a%20b&x=',
    ...described,
  })
  etag = (await s3.client.send(put)).ETag ?? ''
})
afterAll(() => s3.close())

const head = (key: string) =>
  s3.client.send(new HeadObjectCommand({ Bucket, Key: key, ChecksumMode: 'ENABLED' }))
const tagsOf = async (key: string) =>
  (await s3.client.send(new GetObjectTaggingCommand({ Bucket, Key: key }))).TagSet
const path = () => `${s3.endpoint}/${Bucket}/${encodeURIComponent(Key)}`
const rest = ({ $metadata: _, LastModified: __, ...output }: HeadObjectCommandOutput) => output

describe('an object', () => {
  test('comes back with its headers, metadata, tags and checksum', async () => {
    expect(await head(Key)).toMatchObject({ ...described, ContentLength: 10, TagCount: 2, ETag: etag })
    expect(await head(Key)).toMatchObject({ ChecksumCRC32: 'poTHxg==', ChecksumType: 'FULL_OBJECT' })
    expect(await tagsOf(Key)).toEqual([
      { Key: 'team', Value: 'a b' },
      { Key: 'x', Value: '' },
    ])
  })

  test.each([
    ['bytes=2-4', 206, '234', 'bytes 2-4/10'],
    ['bytes=7-', 206, '789', 'bytes 7-9/10'],
    ['bytes=-3', 206, '789', 'bytes 7-9/10'],
    ['bytes=-30', 206, '0123456789', 'bytes 0-9/10'],
    ['bytes=8-30', 206, '89', 'bytes 8-9/10'],
    ['bytes=4-2', 200, '0123456789', undefined],
    ['pages=1', 200, '0123456789', undefined],
  ])('read with Range %s answers %i %s', async (range, status, body, contentRange) => {
    const reply = await send(path(), { headers: { range } })
    expect([reply.status, reply.body, reply.headers['content-range']]).toEqual([status, body, contentRange])
  })

  test('read in part has no checksum of the whole beside it', async () => {
    const headers = { range: 'bytes=0-1', 'x-amz-checksum-mode': 'ENABLED' }
    expect((await send(path(), { headers })).headers['x-amz-checksum-crc32']).toBeUndefined()
  })

  test.each([
    ['if-match', () => etag, 200],
    ['if-match', () => '"other"', 412],
    ['if-none-match', () => etag, 304],
    ['if-none-match', () => '"other"', 200],
    ['if-modified-since', () => new Date(Date.now() + 86_400_000).toUTCString(), 200],
  ])('read with %s row %# answers as HTTP asks', async (name, value, status) => {
    expect((await send(path(), { headers: { [name]: value() } })).status).toBe(status)
  })

  test('is not replaced by a write that wants no object there', async () => {
    const put = s3.client.send(new PutObjectCommand({ Bucket, Key, Body: 'other', IfNoneMatch: '*' }))
    await expect(put).rejects.toMatchObject({ name: 'PreconditionFailed' })
    expect((await head(Key)).ETag).toBe(etag)
  })

  test('is replaced only as the version that the writer knows', async () => {
    const put = (Body: string, IfMatch?: string) =>
      s3.client.send(new PutObjectCommand({ Bucket, Key: 'known', Body, ...(IfMatch ? { IfMatch } : {}) }))
    const { ETag = '' } = await put('one')
    await put('two', ETag)
    await expect(put('three', ETag)).rejects.toMatchObject({ name: 'PreconditionFailed' })
    expect((await send(`${s3.endpoint}/${Bucket}/known`)).body).toBe('two')
  })

  test('is created once by two conditional writes at once', async () => {
    const put = () =>
      s3.client.send(new PutObjectCommand({ Bucket, Key: 'once', Body: 'x', IfNoneMatch: '*' }))
    const results = await Promise.allSettled([put(), put(), put()])
    expect(results.filter((result) => result.status === 'fulfilled')).toHaveLength(1)
  })
})

describe('a copy', () => {
  test('is equal to its source in everything but its time', async () => {
    await s3.client.send(new CopyObjectCommand({ Bucket, Key: 'copy', CopySource }))
    expect(rest(await head('copy'))).toEqual(rest(await head(Key)))
    expect(await tagsOf('copy')).toEqual(await tagsOf(Key))
  })

  test('takes new metadata and tags where told to replace them', async () => {
    const replace = { MetadataDirective: 'REPLACE', TaggingDirective: 'REPLACE' } as const
    const fresh = { ContentType: 'text/html', Metadata: { fresh: 'yes' }, Tagging: 'new=1' }
    await s3.client.send(new CopyObjectCommand({ Bucket, Key: 'copy2', CopySource, ...replace, ...fresh }))
    const copied = await head('copy2')
    expect(copied).toMatchObject({ ContentType: 'text/html', Metadata: { fresh: 'yes' }, ETag: etag })
    expect(copied.CacheControl).toBeUndefined()
    expect(await tagsOf('copy2')).toEqual([{ Key: 'new', Value: '1' }])
  })

  test.each([
    ['CopySourceIfMatch', () => ({ CopySourceIfMatch: '"other"' })],
    ['CopySourceIfNoneMatch', () => ({ CopySourceIfNoneMatch: etag })],
    ['IfNoneMatch', () => ({ IfNoneMatch: '*' })],
  ])('is refused as PreconditionFailed when %s does not hold', async (_name, condition) => {
    const copy = s3.client.send(
      new CopyObjectCommand({ Bucket, Key, CopySource, ...condition(), MetadataDirective: 'REPLACE' }),
    )
    await expect(copy).rejects.toMatchObject({ name: 'PreconditionFailed' })
  })

  test('outlives its source', async () => {
    const [Source, Copy] = ['short-lived', 'long-lived']
    await s3.client.send(new PutObjectCommand({ Bucket, Key: Source, Body: 'kept' }))
    await s3.client.send(new CopyObjectCommand({ Bucket, Key: Copy, CopySource: `${Bucket}/${Source}` }))
    await s3.client.send(new PutObjectCommand({ Bucket, Key: Source, Body: 'new' }))
    const got = await s3.client.send(new GetObjectCommand({ Bucket, Key: Copy }))
    expect(await got.Body?.transformToString()).toBe('kept')
  })
})
