import { CreateBucketCommand, ListObjectsV2Command, PutObjectCommand } from '@aws-sdk/client-s3'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { codeOf, send } from './raw.ts'
import { type StartedS3, startS3 } from './start.ts'

const Bucket = 'listing'
const keys = ['a', 'a/', 'a/1', 'a/2', 'a/b/1', 'a/b/2', 'a0', 'b', 'b/x', 'c/d/e', 'c//', 'ü/1', 'ü/2', '日']
let s3: StartedS3

beforeAll(async () => {
  s3 = await startS3()
  await s3.client.send(new CreateBucketCommand({ Bucket }))
  for (const Key of keys) await s3.client.send(new PutObjectCommand({ Bucket, Key, Body: Key }))
})
afterAll(() => s3.close())

interface Query {
  Prefix: string
  Delimiter: string
  MaxKeys: number
}

const bytes = (text: string) => Buffer.from(text)
const inOrder = (names: Iterable<string>) => [...names].sort((a, b) => Buffer.compare(bytes(a), bytes(b)))

/** What S3's documentation says a listing holds, computed the slow way. */
function expected({ Prefix, Delimiter }: Query): string[] {
  const names = new Set<string>()
  for (const key of keys.filter((name) => name.startsWith(Prefix))) {
    const end = Delimiter === '' ? -1 : key.indexOf(Delimiter, Prefix.length)
    names.add(end < 0 ? key : `${key.slice(0, end + Delimiter.length)} (group)`)
  }
  return inOrder(names)
}

interface Answer {
  Contents?: { Key?: string | undefined }[] | undefined
  CommonPrefixes?: { Prefix?: string | undefined }[] | undefined
}

const namesOf = ({ Contents = [], CommonPrefixes = [] }: Answer) => [
  ...Contents.map((object) => object.Key ?? ''),
  ...CommonPrefixes.map((group) => `${group.Prefix} (group)`),
]

async function all(query: Query): Promise<string[]> {
  const names: string[] = []
  let ContinuationToken: string | undefined
  do {
    const page = await s3.client.send(
      new ListObjectsV2Command({ Bucket, ...query, ...(ContinuationToken ? { ContinuationToken } : {}) }),
    )
    expect(page.KeyCount).toBeLessThanOrEqual(query.MaxKeys)
    names.push(...namesOf(page))
    ContinuationToken = page.NextContinuationToken
  } while (ContinuationToken)
  return names
}

const query = fc.record({
  Prefix: fc.constantFrom('', 'a', 'a/', 'a/b', 'c/', 'ü', 'nothing'),
  Delimiter: fc.constantFrom('', '/', '//', 'b'),
  MaxKeys: fc.integer({ min: 1, max: 5 }),
})

describe('a listing', () => {
  test('has each key and group once over all its pages', async () => {
    await fc.assert(
      fc.asyncProperty(query, async (asked) => {
        expect(inOrder(await all(asked))).toEqual(expected(asked))
      }),
      { numRuns: 60 },
    )
  })

  test('starts after the given key', async () => {
    const page = await s3.client.send(new ListObjectsV2Command({ Bucket, StartAfter: 'b/x' }))
    expect(namesOf(page)).toEqual(['c//', 'c/d/e', 'ü/1', 'ü/2', '日'])
    expect(page.StartAfter).toBe('b/x')
  })

  test('of no keys at all is empty and not truncated', async () => {
    const page = await s3.client.send(new ListObjectsV2Command({ Bucket, MaxKeys: 0 }))
    expect(page).toMatchObject({ KeyCount: 0, IsTruncated: false })
    expect(page.Contents).toBeUndefined()
  })

  test.each([
    ['max-keys=-1', 'InvalidArgument'],
    ['max-keys=ten', 'InvalidArgument'],
    ['encoding-type=base64', 'InvalidArgument'],
    ['continuation-token=***', 'InvalidArgument'],
    ['versions', 'NotImplemented'],
  ])('asked with %s is refused as %s', async (parameters, code) => {
    const reply = await send(`${s3.endpoint}/${Bucket}?list-type=2&${parameters}`)
    expect(codeOf(reply)).toBe(code)
  })
})
