import { createHash } from 'node:crypto'
import { Readable } from 'node:stream'
import { crc32 } from 'node:zlib'
import { GetObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3'
import { expect } from 'vitest'
import { createDigest } from '#local/s3/checksums.ts'
import { codeOf, send } from '../s3/raw.ts'
import type { StartedS3 } from '../s3/start.ts'
import type { GoldenRow } from './golden.ts'

const STREAMING = 'https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-streaming-trailers.html'
const INTEGRITY =
  'https://docs.aws.amazon.com/AmazonS3/latest/userguide/checking-object-integrity-upload.html'

/** The bucket that these rows write into. */
export const BODIES = 'bodies'
const content = 'hello world'

const crc = (text: string) => {
  const sum = Buffer.alloc(4)
  sum.writeUInt32BE(crc32(text))
  return sum.toString('base64')
}
const hash = (algorithm: string, text: string) => createHash(algorithm).update(text).digest('base64')

const put = ({ endpoint }: StartedS3, headers: Record<string, string>, body: string) =>
  send(`${endpoint}/${BODIES}/key`, { method: 'PUT', headers, body })

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

type Body = [what: string, headers: Record<string, string>, body: string]

const accepted = ([what, headers, body]: Body): GoldenRow<StartedS3> => ({
  behaviour: `a body in ${what} is stored without its frame`,
  source: headers['content-encoding'] ? STREAMING : INTEGRITY,
  async check(s3) {
    expect(await put(s3, headers, body)).toMatchObject({ status: 200 })
    const stored = await send(`${s3.endpoint}/${BODIES}/key`)
    expect(stored.body).toBe(content)
    expect(stored.headers['content-encoding']).toBeUndefined()
  },
})

const refused = ([what, headers, body, code]: [...Body, code: string]): GoldenRow<StartedS3> => ({
  behaviour: `a body with ${what} is refused as ${code} and changes nothing`,
  source: headers['content-encoding'] ? STREAMING : INTEGRITY,
  async check(s3) {
    await put(s3, {}, 'before')
    const reply = await put(s3, headers, body)
    const stored = await send(`${s3.endpoint}/${BODIES}/key`)
    expect([codeOf(reply), stored.body]).toEqual([code, 'before'])
  },
})

const bodies: Body[] = [
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
]

const refusals: [...Body, code: string][] = [
  ['another CRC32', { 'x-amz-checksum-crc32': crc('other') }, 'x', 'BadDigest'],
  ['another SHA-256', { 'x-amz-checksum-sha256': hash('sha256', 'other') }, 'x', 'BadDigest'],
  ['another MD5', { 'content-md5': hash('md5', 'other') }, 'x', 'BadDigest'],
  ['an MD5 that is none', { 'content-md5': 'abc' }, 'x', 'InvalidDigest'],
  ['another CRC64NVME', { 'x-amz-checksum-crc64nvme': 'AAAAAAAAAAA=' }, 'x', 'BadDigest'],
  [
    'another CRC32 in its trailer',
    { ...streaming('UNSIGNED-PAYLOAD-TRAILER'), ...announced },
    unsigned(`x-amz-checksum-crc32:${crc('other')}\r\n`),
    'BadDigest',
  ],
  ['another declared length', streaming('UNSIGNED-PAYLOAD-TRAILER'), '1\r\nx\r\n0\r\n\r\n', 'IncompleteBody'],
  ['a cut chunk', streaming('UNSIGNED-PAYLOAD-TRAILER'), '6\r\nhel', 'IncompleteBody'],
  ['no chunk at all', streaming('UNSIGNED-PAYLOAD-TRAILER'), 'hello world\r\n', 'InvalidRequest'],
]

// The check values of the CRC catalogue.
const checkValue = (algorithm: 'CRC32' | 'CRC64NVME', hex: string): GoldenRow<StartedS3> => ({
  behaviour: `the ${algorithm} of the digits 1 to 9 is ${hex}`,
  source: 'https://reveng.sourceforge.io/crc-catalogue/all.htm',
  check() {
    const digest = createDigest(algorithm)
    digest.update(Buffer.from('1234'))
    digest.update(Buffer.from('56789'))
    expect(Buffer.from(digest.base64(), 'base64').toString('hex')).toBe(hex)
  },
})

/** In which forms a body comes, and by what S3 knows that it is whole. */
export const S3_BODIES: GoldenRow<StartedS3>[] = [
  checkValue('CRC32', 'cbf43926'),
  checkValue('CRC64NVME', 'ae8b14860a799888'),
  ...bodies.map(accepted),
  ...refusals.map(refused),
  {
    behaviour: 'a stream that the SDK sends in chunks is stored whole, with its CRC32',
    source: INTEGRITY,
    async check({ client }) {
      const chunk = Buffer.alloc(300_000, 'abc')
      const at = { Bucket: BODIES, Key: 'streamed' }
      const Body = Readable.from([chunk, chunk, chunk])
      await client.send(new PutObjectCommand({ ...at, Body, ContentLength: 900_000 }))
      const got = await client.send(new GetObjectCommand(at))
      const bytes = Buffer.from((await got.Body?.transformToByteArray()) ?? [])
      expect(bytes.equals(Buffer.concat([chunk, chunk, chunk]))).toBe(true)
      expect(got.ChecksumCRC32).toBeDefined()
    },
  },
]
