import {
  CopyObjectCommand,
  CreateBucketCommand,
  DeleteObjectCommand,
  DeleteObjectsCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
} from '@aws-sdk/client-s3'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type StartedS3, startS3 } from './start.ts'

let s3: StartedS3
let bucketsMade = 0

beforeAll(async () => {
  s3 = await startS3()
})
afterAll(() => s3.close())

const newBucket = async () => {
  bucketsMade += 1
  const Bucket = `keys-${bucketsMade}`
  await s3.client.send(new CreateBucketCommand({ Bucket }))
  return Bucket
}

const listed = async (Bucket: string, options: { EncodingType?: 'url' } = {}) => {
  const { Contents = [] } = await s3.client.send(new ListObjectsV2Command({ Bucket, ...options }))
  return Contents.map((object) => object.Key)
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: these are the characters that XML 1.0 does not have
const NO_XML = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/

/** A key that no document can hold is refused there, and deleted by itself. */
async function deleteInBatch(Bucket: string, Key: string): Promise<void> {
  const batch = s3.client.send(new DeleteObjectsCommand({ Bucket, Delete: { Objects: [{ Key }] } }))
  if (!NO_XML.test(Key)) return void (await batch)
  await expect(batch).rejects.toMatchObject({ name: 'MalformedXML' })
  expect(await listed(Bucket)).toEqual([Key])
  await s3.client.send(new DeleteObjectCommand({ Bucket, Key }))
}

async function expectRoundTrip(Key: string) {
  const { client } = s3
  const Bucket = await newBucket()
  const copy = 'a copy'
  await client.send(new PutObjectCommand({ Bucket, Key, Body: `content of ${Key}` }))
  const got = await client.send(new GetObjectCommand({ Bucket, Key }))
  expect(await got.Body?.transformToString()).toBe(`content of ${Key}`)
  // the SDK's own parser drops a name that is nothing but line ends; only encoding-type=url brings it through
  if (!/^\s*\n\s*$/.test(Key)) expect(await listed(Bucket)).toEqual([Key])
  expect(
    (await listed(Bucket, { EncodingType: 'url' })).map((name) => decodeURIComponent(name ?? '')),
  ).toEqual([Key])
  const CopySource = `${Bucket}/${encodeURIComponent(Key)}`
  await client.send(new CopyObjectCommand({ Bucket, Key: copy, CopySource }))
  const copied = await client.send(new HeadObjectCommand({ Bucket, Key: copy }))
  expect(copied.ETag).toBe(got.ETag)
  await client.send(new DeleteObjectCommand({ Bucket, Key: copy }))
  await deleteInBatch(Bucket, Key)
  expect(await listed(Bucket)).toEqual([])
}

const characters = [
  '/',
  '.',
  ' ',
  '+',
  '%',
  '&',
  '<',
  '"',
  "'",
  '?',
  '#',
  '\\',
  '\0',
  '\u0001',
  '\t',
  '\r',
  '\n',
]
const character = fc.oneof(
  fc.constantFrom(...characters, '\u0085', '\u2028', 'ü', '日', '\u{1F600}', '\uffff'),
  fc.string({ unit: 'binary', minLength: 1, maxLength: 1 }),
)
const key = fc
  .array(character, { minLength: 1, maxLength: 40 })
  .map((parts) => parts.join(''))
  .filter((text) => text.isWellFormed() && text !== 'a copy')

describe('any key', () => {
  test('is stored, read, listed, copied and deleted under exactly its name', async () => {
    await fc.assert(fc.asyncProperty(key, expectRoundTrip), { numRuns: 60 })
  })

  test.each([
    ['a leading slash', '/a'],
    ['dots that leave the folder', '../../etc/passwd'],
    ['dots alone', '..'],
    ['empty segments', 'a//b/'],
    ['percent signs', '%2e%2e/100%'],
    ['an entity', '&#x1;&amp;'],
    ['1,024 bytes', `${'日'.repeat(341)}x`],
  ])('with %s keeps its name', (_what, name) => expectRoundTrip(name))

  test('of more than 1,024 bytes is refused as KeyTooLongError', async () => {
    const Bucket = await newBucket()
    const put = s3.client.send(new PutObjectCommand({ Bucket, Key: '日'.repeat(342), Body: 'x' }))
    await expect(put).rejects.toMatchObject({ name: 'KeyTooLongError', $metadata: { httpStatusCode: 400 } })
  })

  test('is listed in UTF-8 binary order, which is not that of UTF-16', async () => {
    const Bucket = await newBucket()
    const names = ['\u{1F600}', '\uffff', 'Z', 'a', 'ü', 'a/b', 'a-b']
    for (const Key of names) await s3.client.send(new PutObjectCommand({ Bucket, Key, Body: 'x' }))
    const sorted = names.toSorted((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)))
    expect(await listed(Bucket)).toEqual(sorted)
    expect(sorted).not.toEqual(names.toSorted())
  })
})
