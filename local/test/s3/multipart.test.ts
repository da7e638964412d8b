import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { request } from 'node:http'
import { text } from 'node:stream/consumers'
import { crc32 } from 'node:zlib'
import {
  AbortMultipartUploadCommand,
  type CompletedPart,
  CompleteMultipartUploadCommand,
  CopyObjectCommand,
  CreateBucketCommand,
  CreateMultipartUploadCommand,
  GetObjectCommand,
  GetObjectTaggingCommand,
  ListMultipartUploadsCommand,
  ListPartsCommand,
  PutObjectCommand,
  UploadPartCommand,
  UploadPartCopyCommand,
} from '@aws-sdk/client-s3'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type StartedS3, startS3 } from './start.ts'

const Bucket = 'multipart'
const MiB = 1024 ** 2
const first = Buffer.alloc(5 * MiB, 'first ')
const last = Buffer.from('the end')
let s3: StartedS3

beforeAll(async () => {
  s3 = await startS3()
  await s3.client.send(new CreateBucketCommand({ Bucket }))
  await s3.client.send(new PutObjectCommand({ Bucket, Key: 'source ü', Body: Buffer.concat([first, last]) }))
})
afterAll(() => s3.close())

type Begin = Omit<ConstructorParameters<typeof CreateMultipartUploadCommand>[0], 'Bucket' | 'Key'>

async function begin(Key: string, options: Begin = {}) {
  const { UploadId } = await s3.client.send(new CreateMultipartUploadCommand({ Bucket, Key, ...options }))
  const at = { Bucket, Key, UploadId }
  return {
    at,
    put: async (PartNumber: number, Body: Buffer): Promise<CompletedPart> => {
      const { $metadata: _, ...part } = await s3.client.send(
        new UploadPartCommand({ ...at, PartNumber, Body }),
      )
      return { PartNumber, ...part }
    },
    copy: async (PartNumber: number, CopySourceRange: string): Promise<CompletedPart> => {
      const CopySource = encodeURIComponent(`${Bucket}/source ü`)
      const command = new UploadPartCopyCommand({ ...at, PartNumber, CopySource, CopySourceRange })
      const { CopyPartResult } = await s3.client.send(command)
      const { LastModified: _, ...part } = CopyPartResult ?? {}
      return { PartNumber, ...part }
    },
    complete: (Parts: CompletedPart[]) =>
      s3.client.send(new CompleteMultipartUploadCommand({ ...at, MultipartUpload: { Parts } })),
    abort: () => s3.client.send(new AbortMultipartUploadCommand(at)),
    parts: (paging: { MaxParts?: number; PartNumberMarker?: string } = {}) =>
      s3.client.send(new ListPartsCommand({ ...at, ...paging })),
  }
}

const read = async (Key: string, options: { Range?: string } = {}) => {
  const got = await s3.client.send(new GetObjectCommand({ Bucket, Key, ...options }))
  return { ...got, bytes: Buffer.from((await got.Body?.transformToByteArray()) ?? []) }
}
const md5 = (data: Buffer) => createHash('md5').update(data).digest()

describe('a multipart upload', () => {
  test('becomes one object with its metadata, its tags and the ETag of its parts', async () => {
    const described = { ContentType: 'text/plain', Metadata: { a: 'b' } }
    const upload = await begin('whole', { ...described, Tagging: 'x=y' })
    const parts = [await upload.put(1, first), await upload.put(7, last)]
    const { ETag } = await upload.complete(parts)
    expect(ETag).toBe(`"${md5(Buffer.concat([md5(first), md5(last)])).toString('hex')}-2"`)
    const object = await read('whole')
    expect(object).toMatchObject({ ...described, ETag, ContentLength: first.length + last.length })
    expect(object.bytes.equals(Buffer.concat([first, last]))).toBe(true)
    const { TagSet } = await s3.client.send(new GetObjectTaggingCommand({ Bucket, Key: 'whole' }))
    expect(TagSet).toEqual([{ Key: 'x', Value: 'y' }])
  })

  test('is made of ranges of another object without moving them', async () => {
    const upload = await begin('ranges')
    const size = first.length + last.length
    const parts = [
      await upload.copy(1, `bytes=0-${5 * MiB - 1}`),
      await upload.copy(2, `bytes=${5 * MiB}-${size - 1}`),
    ]
    expect(parts[0]?.ETag).toBe(`"${md5(first).toString('hex')}"`)
    await upload.complete(parts)
    expect((await read('ranges')).bytes.equals(Buffer.concat([first, last]))).toBe(true)
    const across = await read('ranges', { Range: `bytes=${5 * MiB - 2}-${5 * MiB + 2}` })
    expect(across.bytes.toString()).toBe(`${first.toString('latin1', 5 * MiB - 2)}the`)
  })

  test('copied whole gets the plain MD5 as its ETag', async () => {
    const upload = await begin('parted')
    await upload.complete([await upload.put(1, first), await upload.put(2, last)])
    await s3.client.send(new CopyObjectCommand({ Bucket, Key: 'plain', CopySource: `${Bucket}/parted` }))
    expect((await read('plain')).ETag).toBe(`"${md5(Buffer.concat([first, last])).toString('hex')}"`)
  })

  test('begun with a checksum wants it for each part and gives one of them all', async () => {
    const upload = await begin('summed', { ChecksumAlgorithm: 'CRC32' })
    const parts = [await upload.copy(1, `bytes=0-${5 * MiB - 1}`), await upload.put(2, last)]
    const bare = parts.map(({ PartNumber, ETag }) => ({ PartNumber, ETag }))
    await expect(upload.complete(bare)).rejects.toMatchObject({ name: 'InvalidRequest' })
    expect(await upload.complete(parts)).toMatchObject({
      ChecksumCRC32: expect.stringMatching(/^.{6}==-2$/),
      ChecksumType: 'COMPOSITE',
    })
  })

  test('of a checksum over the whole object gives that one', async () => {
    const upload = await begin('full', { ChecksumAlgorithm: 'CRC32', ChecksumType: 'FULL_OBJECT' })
    const { ChecksumCRC32, ChecksumType } = await upload.complete([
      await upload.put(1, first),
      await upload.put(2, last),
    ])
    const sum = Buffer.from(ChecksumCRC32 ?? '', 'base64').readUInt32BE()
    expect([sum, ChecksumType]).toEqual([crc32(Buffer.concat([first, last])), 'FULL_OBJECT'])
  })

  test('with another checksum than the caller gave is refused and stays open', async () => {
    const upload = await begin('wrong', { ChecksumAlgorithm: 'CRC32' })
    const Parts = [await upload.put(1, last)]
    const command = { ...upload.at, MultipartUpload: { Parts }, ChecksumCRC32: 'AAAAAA==' }
    const complete = s3.client.send(new CompleteMultipartUploadCommand(command))
    await expect(complete).rejects.toMatchObject({ name: 'BadDigest' })
    expect((await upload.parts()).Parts).toHaveLength(1)
  })

  test('does not replace an object that must not be there', async () => {
    await s3.client.send(new PutObjectCommand({ Bucket, Key: 'taken', Body: 'first' }))
    const upload = await begin('taken')
    const Parts = [await upload.put(1, last)]
    const command = { ...upload.at, MultipartUpload: { Parts }, IfNoneMatch: '*' }
    const complete = s3.client.send(new CompleteMultipartUploadCommand(command))
    await expect(complete).rejects.toMatchObject({ name: 'PreconditionFailed' })
    expect((await read('taken')).bytes.toString()).toBe('first')
  })

  test('keeps the last of two parts with one number', async () => {
    const upload = await begin('twice')
    const old = await upload.put(1, Buffer.from('old'))
    const kept = await upload.put(1, Buffer.from('kept'))
    await expect(upload.complete([old])).rejects.toMatchObject({ name: 'InvalidPart' })
    await upload.complete([kept])
    expect((await read('twice')).bytes.toString()).toBe('kept')
  })

  test('lists its parts page by page', async () => {
    const upload = await begin('pages')
    for (const number of [3, 1, 2]) await upload.put(number, last)
    const page = await upload.parts({ MaxParts: 2 })
    expect(page).toMatchObject({ IsTruncated: true, NextPartNumberMarker: '2' })
    const rest = await upload.parts({ MaxParts: 2, PartNumberMarker: '2' })
    expect([...(page.Parts ?? []), ...(rest.Parts ?? [])].map((part) => part.PartNumber)).toEqual([1, 2, 3])
    expect(rest.IsTruncated).toBe(false)
  })

  const endings = ['complete', 'abort'] as const
  test.each(endings)('is unknown to every operation after %s', async (ending) => {
    const upload = await begin(`ended by ${ending}`)
    const part = await upload.put(1, last)
    await (ending === 'abort' ? upload.abort() : upload.complete([part]))
    const attempts = [
      upload.put(2, last),
      upload.copy(2, 'bytes=0-1'),
      upload.parts(),
      upload.abort(),
      upload.complete([part]),
    ]
    for (const result of await Promise.allSettled(attempts)) {
      expect(result).toMatchObject({ status: 'rejected', reason: { name: 'NoSuchUpload' } })
    }
  })

  test('aborted while a part is on its way refuses the part', async () => {
    const upload = await begin('raced')
    const arrived = new Promise<void>((resolve) => s3.intercept(async () => void resolve()))
    const url = `${s3.endpoint}/${Bucket}/raced?partNumber=1&uploadId=${upload.at.UploadId}`
    const part = request(url, { method: 'PUT', headers: { 'content-length': 8 } })
    part.write('half')
    await arrived
    s3.intercept(undefined)
    await upload.abort()
    part.end('part')
    const [response] = await once(part, 'response')
    expect([response.statusCode, await text(response)]).toEqual([
      404,
      expect.stringContaining('NoSuchUpload'),
    ])
  })
})

describe('the list of open uploads', () => {
  test('has every open upload once, by key and age, over all its pages', async () => {
    await s3.client.send(new CreateBucketCommand({ Bucket: 'open' }))
    const create = async (Key: string) =>
      `${Key} ${(await s3.client.send(new CreateMultipartUploadCommand({ Bucket: 'open', Key }))).UploadId}`
    const created: string[] = []
    for (const key of ['b', 'a', 'b', 'c/1', 'c/2']) created.push(await create(key))
    const found: string[] = []
    let markers: { KeyMarker?: string | undefined; UploadIdMarker?: string | undefined } = {}
    for (let more: boolean | undefined = true; more; ) {
      const page = await s3.client.send(
        new ListMultipartUploadsCommand({ Bucket: 'open', MaxUploads: 1, ...markers }),
      )
      found.push(...(page.Uploads ?? []).map((upload) => `${upload.Key} ${upload.UploadId}`))
      markers = { KeyMarker: page.NextKeyMarker, UploadIdMarker: page.NextUploadIdMarker }
      more = page.IsTruncated
    }
    expect(found).toEqual([1, 0, 2, 3, 4].map((index) => created[index]))
  })

  test('is narrowed by prefix', async () => {
    const list = (query: object) =>
      s3.client.send(new ListMultipartUploadsCommand({ Bucket: 'open', ...query }))
    expect((await list({ Prefix: 'c/' })).Uploads?.map((upload) => upload.Key)).toEqual(['c/1', 'c/2'])
    expect((await list({ Prefix: 'none' })).Uploads).toBeUndefined()
  })
})
