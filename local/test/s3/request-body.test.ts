import { createHash } from 'node:crypto'
import { Readable } from 'node:stream'
import { crc32 } from 'node:zlib'
import { CreateBucketCommand, GetObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createDigest } from '#local/s3/checksums.ts'
import { codeOf, send } from './raw.ts'
import { type StartedS3, startS3 } from './start.ts'

const Bucket = 'bodies'
const content = 'hello world'
let s3: StartedS3

beforeAll(async () => {
  s3 = await startS3()
  await s3.client.send(new CreateBucketCommand({ Bucket }))
})
afterAll(() => s3.close())

const crc = (text: string) => {
  const sum = Buffer.alloc(4)
  sum.writeUInt32BE(crc32(text))
  return sum.toString('base64')
}
const hash = (algorithm: string, text: string) => createHash(algorithm).update(text).digest('base64')

const put = (headers: Record<string, string>, body: string) =>
  send(`${s3.endpoint}/${Bucket}/key`, { method: 'PUT', headers, body })
const read = async () => (await send(`${s3.endpoint}/${Bucket}/key`)).body

const unsigned = (trailer: string) => `6\r\nhello \r\n5\r\nworld\r\n0\r\n${trailer}\r\n`
const signature = ';chunk-signature=00'
const signed = (trailer: string) =>
  `6${signature}\r\nhello \r\n5${signature}\r\nworld\r\n0${signature}\r\n${trailer}\r\n`
const streaming = (kind: string) => ({
  'x-amz-content-sha256': `STREAMING-${kind}`,
  'content-encoding': 'aws-chunked',
  'x-amz-decoded-content-length': '11',
})
const announced = { 'x-amz-trailer': 'x-amz-checksum-crc32' }

describe('a checksum', () => {
  // the check values of the CRC catalogue: https://reveng.sourceforge.io/crc-catalogue/all.htm
  test.each([
    ['CRC32', 'cbf43926'],
    ['CRC64NVME', 'ae8b14860a799888'],
  ] as const)('%s of the digits 1 to 9 is %s', (algorithm, hex) => {
    const digest = createDigest(algorithm)
    digest.update(Buffer.from('1234'))
    digest.update(Buffer.from('56789'))
    expect(Buffer.from(digest.base64(), 'base64').toString('hex')).toBe(hex)
  })
})

describe('a body', () => {
  test.each([
    ['signed chunks', streaming('AWS4-HMAC-SHA256-PAYLOAD'), signed('')],
    [
      'signed chunks with a trailer',
      { ...streaming('AWS4-HMAC-SHA256-PAYLOAD-TRAILER'), ...announced },
      signed(`x-amz-checksum-crc32:${crc(content)}\r\nx-amz-trailer-signature:00\r\n`),
    ],
    [
      'unsigned chunks with a trailer',
      { ...streaming('UNSIGNED-PAYLOAD-TRAILER'), ...announced },
      unsigned(`x-amz-checksum-crc32:${crc(content)}\r\n`),
    ],
    ['a SHA-256', { 'x-amz-checksum-sha256': hash('sha256', content) }, content],
    ['an MD5', { 'content-md5': hash('md5', content) }, content],
  ])('in %s is stored without its frame', async (_what, headers, body) => {
    expect(await put(headers, body)).toMatchObject({ status: 200 })
    const stored = await send(`${s3.endpoint}/${Bucket}/key`)
    expect(stored.body).toBe(content)
    expect(stored.headers['content-encoding']).toBeUndefined()
  })

  test.each([
    ['another CRC32', { 'x-amz-checksum-crc32': crc('other') }, 'x', 'BadDigest'],
    ['another SHA-256', { 'x-amz-checksum-sha256': hash('sha256', 'other') }, 'x', 'BadDigest'],
    ['another MD5', { 'content-md5': hash('md5', 'other') }, 'x', 'BadDigest'],
    ['an MD5 that is none', { 'content-md5': 'abc' }, 'x', 'InvalidDigest'],
    ['another CRC64NVME', { 'x-amz-checksum-crc64nvme': 'AAAAAAAAAAA=' }, 'x', 'BadDigest'],
    ['a checksum of an unknown kind', { 'x-amz-checksum-crc8': 'AA==' }, 'x', 'NotImplemented'],
    [
      'another CRC32 in its trailer',
      { ...streaming('UNSIGNED-PAYLOAD-TRAILER'), ...announced },
      unsigned(`x-amz-checksum-crc32:${crc('other')}\r\n`),
      'BadDigest',
    ],
    [
      'another declared length',
      streaming('UNSIGNED-PAYLOAD-TRAILER'),
      '1\r\nx\r\n0\r\n\r\n',
      'IncompleteBody',
    ],
    ['a cut chunk', streaming('UNSIGNED-PAYLOAD-TRAILER'), '6\r\nhel', 'IncompleteBody'],
    ['no chunk at all', streaming('UNSIGNED-PAYLOAD-TRAILER'), 'hello world\r\n', 'InvalidRequest'],
  ])('with %s is refused and changes nothing', async (_what, headers, body, code) => {
    await put({}, 'before')
    const reply = await put(headers, body)
    expect([codeOf(reply), await read()]).toEqual([code, 'before'])
  })

  test('streamed by the SDK from a source of unknown integrity is stored whole', async () => {
    const chunk = Buffer.alloc(300_000, 'abc')
    const Body = Readable.from([chunk, chunk, chunk])
    await s3.client.send(new PutObjectCommand({ Bucket, Key: 'streamed', Body, ContentLength: 900_000 }))
    const got = await s3.client.send(new GetObjectCommand({ Bucket, Key: 'streamed' }))
    expect(Buffer.from((await got.Body?.transformToByteArray()) ?? [])).toEqual(
      Buffer.concat([chunk, chunk, chunk]),
    )
    expect(got.ChecksumCRC32).toBeDefined()
  })
})
