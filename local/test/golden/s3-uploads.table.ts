import { createHash } from 'node:crypto'
import { crc32 } from 'node:zlib'
import {
  CopyObjectCommand,
  CreateBucketCommand,
  CreateMultipartUploadCommand,
  GetObjectTaggingCommand,
  ListMultipartUploadsCommand,
  PutObjectCommand,
} from '@aws-sdk/client-s3'
import { expect } from 'vitest'
import type { StartedS3 } from '../s3/start.ts'
import { beginUpload, FIRST, LAST, readUpload, UPLOADS } from '../s3/upload.ts'
import type { GoldenRow } from './golden.ts'

const API = 'https://docs.aws.amazon.com/AmazonS3/latest/API'
const INTEGRITY =
  'https://docs.aws.amazon.com/AmazonS3/latest/userguide/checking-object-integrity-upload.html'
const COMPLETE = `${API}/API_CompleteMultipartUpload.html`
const BORDER = FIRST.length

const md5 = (data: Buffer) => createHash('md5').update(data).digest()

const completions: GoldenRow<StartedS3>[] = [
  {
    behaviour: 'an upload becomes one object with its metadata, its tags and the ETag of its parts',
    source: COMPLETE,
    async check(s3) {
      const described = { ContentType: 'text/plain', Metadata: { a: 'b' } }
      const upload = await beginUpload(s3, 'whole', { ...described, Tagging: 'x=y' })
      const { ETag } = await upload.complete([await upload.put(1, FIRST), await upload.put(7, LAST)])
      expect(ETag).toBe(`"${md5(Buffer.concat([md5(FIRST), md5(LAST)])).toString('hex')}-2"`)
      const object = await readUpload(s3, 'whole')
      expect(object).toMatchObject({ ...described, ETag, ContentLength: BORDER + LAST.length })
      expect(object.bytes.equals(Buffer.concat([FIRST, LAST]))).toBe(true)
      const at = { Bucket: UPLOADS, Key: 'whole' }
      const { TagSet } = await s3.client.send(new GetObjectTaggingCommand(at))
      expect(TagSet).toEqual([{ Key: 'x', Value: 'y' }])
    },
  },
  {
    behaviour: 'a part is a range of another object, the first and last byte included',
    source: `${API}/API_UploadPartCopy.html`,
    async check(s3) {
      const upload = await beginUpload(s3, 'ranges')
      const first = await upload.copy(1, `bytes=0-${BORDER - 1}`)
      const last = await upload.copy(2, `bytes=${BORDER}-${BORDER + LAST.length - 1}`)
      expect(first.ETag).toBe(`"${md5(FIRST).toString('hex')}"`)
      await upload.complete([first, last])
      expect((await readUpload(s3, 'ranges')).bytes.equals(Buffer.concat([FIRST, LAST]))).toBe(true)
      const across = await readUpload(s3, 'ranges', { Range: `bytes=${BORDER - 2}-${BORDER + 2}` })
      expect(across.bytes.toString()).toBe(`${FIRST.toString('latin1', BORDER - 2)}the`)
    },
  },
  {
    behaviour: 'a copy of a multipart object gets the plain MD5 as its ETag',
    source: `${API}/API_CopyObject.html`,
    async check(s3) {
      const upload = await beginUpload(s3, 'parted')
      await upload.complete([await upload.put(1, FIRST), await upload.put(2, LAST)])
      const copy = { Bucket: UPLOADS, Key: 'plain', CopySource: `${UPLOADS}/parted` }
      await s3.client.send(new CopyObjectCommand(copy))
      const { ETag } = await readUpload(s3, 'plain')
      expect(ETag).toBe(`"${md5(Buffer.concat([FIRST, LAST])).toString('hex')}"`)
    },
  },
  {
    behaviour: 'CompleteMultipartUpload with if-none-match * does not replace an object',
    source: 'https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html',
    async check(s3) {
      await s3.client.send(new PutObjectCommand({ Bucket: UPLOADS, Key: 'taken', Body: 'first' }))
      const upload = await beginUpload(s3, 'taken')
      const complete = upload.complete([await upload.put(1, LAST)], { IfNoneMatch: '*' })
      await expect(complete).rejects.toMatchObject({ name: 'PreconditionFailed' })
      expect((await readUpload(s3, 'taken')).bytes.toString()).toBe('first')
    },
  },
  {
    behaviour: 'of two parts with one number the last one counts',
    source: `${API}/API_UploadPart.html`,
    async check(s3) {
      const upload = await beginUpload(s3, 'twice')
      const old = await upload.put(1, Buffer.from('old'))
      const last = await upload.put(1, Buffer.from('last'))
      await expect(upload.complete([old])).rejects.toMatchObject({ name: 'InvalidPart' })
      await upload.complete([last])
      expect((await readUpload(s3, 'twice')).bytes.toString()).toBe('last')
    },
  },
]

const checksums: GoldenRow<StartedS3>[] = [
  {
    behaviour: 'an upload with a CRC32 wants it for each part and gives a composite one of them all',
    source: INTEGRITY,
    async check(s3) {
      const upload = await beginUpload(s3, 'summed', { ChecksumAlgorithm: 'CRC32' })
      const parts = [await upload.copy(1, `bytes=0-${BORDER - 1}`), await upload.put(2, LAST)]
      const bare = parts.map(({ PartNumber, ETag }) => ({ PartNumber, ETag }))
      await expect(upload.complete(bare)).rejects.toMatchObject({ name: 'InvalidRequest' })
      const ChecksumCRC32 = expect.stringMatching(/^.{6}==-2$/)
      expect(await upload.complete(parts)).toMatchObject({ ChecksumCRC32, ChecksumType: 'COMPOSITE' })
    },
  },
  {
    behaviour: 'an upload with a checksum of type FULL_OBJECT gives the one of the whole object',
    source: INTEGRITY,
    async check(s3) {
      const whole = { ChecksumAlgorithm: 'CRC32', ChecksumType: 'FULL_OBJECT' } as const
      const upload = await beginUpload(s3, 'full', whole)
      const parts = [await upload.put(1, FIRST), await upload.put(2, LAST)]
      const { ChecksumCRC32, ChecksumType } = await upload.complete(parts)
      const sum = Buffer.from(ChecksumCRC32 ?? '', 'base64').readUInt32BE()
      expect([sum, ChecksumType]).toEqual([crc32(Buffer.concat([FIRST, LAST])), 'FULL_OBJECT'])
    },
  },
  {
    behaviour: 'a completion with another checksum is BadDigest, and the upload stays open',
    source: COMPLETE,
    async check(s3) {
      const upload = await beginUpload(s3, 'wrong', { ChecksumAlgorithm: 'CRC32' })
      const complete = upload.complete([await upload.put(1, LAST)], { ChecksumCRC32: 'AAAAAA==' })
      await expect(complete).rejects.toMatchObject({ name: 'BadDigest' })
      expect((await upload.parts()).Parts).toHaveLength(1)
    },
  },
]

/** Every open upload of a bucket, a page of one at a time. */
async function allUploads({ client }: StartedS3, Bucket: string): Promise<string[]> {
  const found: string[] = []
  let markers: { KeyMarker?: string | undefined; UploadIdMarker?: string | undefined } = {}
  for (let more: boolean | undefined = true; more; ) {
    const page = await client.send(new ListMultipartUploadsCommand({ Bucket, MaxUploads: 1, ...markers }))
    found.push(...(page.Uploads ?? []).map((upload) => `${upload.Key} ${upload.UploadId}`))
    markers = { KeyMarker: page.NextKeyMarker, UploadIdMarker: page.NextUploadIdMarker }
    more = page.IsTruncated
  }
  return found
}

const lists: GoldenRow<StartedS3>[] = [
  {
    behaviour: 'ListParts gives the parts by number, page by page',
    source: `${API}/API_ListParts.html`,
    async check(s3) {
      const upload = await beginUpload(s3, 'pages')
      for (const number of [3, 1, 2]) await upload.put(number, LAST)
      const page = await upload.parts({ MaxParts: 2 })
      expect(page).toMatchObject({ IsTruncated: true, NextPartNumberMarker: '2' })
      const rest = await upload.parts({ MaxParts: 2, PartNumberMarker: '2' })
      const numbers = [page, rest].flatMap(({ Parts = [] }) => Parts.map((part) => part.PartNumber))
      expect([numbers, rest.IsTruncated]).toEqual([[1, 2, 3], false])
    },
  },
  {
    behaviour: 'ListMultipartUploads has every open upload once, by key and age, over all its pages',
    source: `${API}/API_ListMultipartUploads.html`,
    async check(s3) {
      await s3.client.send(new CreateBucketCommand({ Bucket: 'open' }))
      const created: string[] = []
      for (const Key of ['b', 'a', 'b', 'c/1', 'c/2']) {
        const { UploadId } = await s3.client.send(new CreateMultipartUploadCommand({ Bucket: 'open', Key }))
        created.push(`${Key} ${UploadId}`)
      }
      const inOrder = [1, 0, 2, 3, 4].map((index) => created[index])
      expect(await allUploads(s3, 'open')).toEqual(inOrder)
      const list = (Prefix: string) =>
        s3.client.send(new ListMultipartUploadsCommand({ Bucket: 'open', Prefix }))
      expect((await list('c/')).Uploads?.map((upload) => upload.Key)).toEqual(['c/1', 'c/2'])
      expect((await list('none')).Uploads).toBeUndefined()
    },
  },
  {
    behaviour: 'an aborted upload is NoSuchUpload to every operation',
    source: `${API}/API_AbortMultipartUpload.html`,
    async check(s3) {
      const upload = await beginUpload(s3, 'aborted')
      const part = await upload.put(1, LAST)
      await upload.abort()
      const late = [upload.put(2, LAST), upload.copy(2, 'bytes=0-1'), upload.parts(), upload.abort()]
      for (const result of await Promise.allSettled([...late, upload.complete([part])])) {
        expect(result).toMatchObject({ status: 'rejected', reason: { name: 'NoSuchUpload' } })
      }
    },
  },
]

/** What becomes of the parts of a multipart upload. */
export const S3_UPLOADS: GoldenRow<StartedS3>[] = [...completions, ...checksums, ...lists]
