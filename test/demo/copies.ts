import { createHash } from 'node:crypto'
import {
  GetObjectCommand,
  ListMultipartUploadsCommand,
  ListObjectsV2Command,
  type S3Client,
} from '@aws-sdk/client-s3'

/** Key to ETag of every object below the prefix. */
export async function snapshotOf(s3: S3Client, Bucket: string, Prefix = ''): Promise<Map<string, string>> {
  const found = new Map<string, string>()
  let ContinuationToken: string | undefined
  do {
    const page = await s3.send(new ListObjectsV2Command({ Bucket, Prefix, ContinuationToken }))
    for (const { Key = '', ETag = '' } of page.Contents ?? []) found.set(Key, ETag)
    ContinuationToken = page.NextContinuationToken
  } while (ContinuationToken)
  return found
}

export const countOf = async (s3: S3Client, bucket: string, prefix: string): Promise<number> =>
  (await snapshotOf(s3, bucket, prefix)).size

export async function changedSources(
  s3: S3Client,
  bucket: string,
  before: Map<string, string>,
): Promise<string[]> {
  const after = await snapshotOf(s3, bucket)
  const keys = new Set([...before.keys(), ...after.keys()])
  return [...keys].filter((key) => before.get(key) !== after.get(key))
}

export async function openUploads(s3: S3Client, Bucket: string, Prefix: string): Promise<string[]> {
  const { Uploads = [] } = await s3.send(new ListMultipartUploadsCommand({ Bucket, Prefix }))
  return Uploads.map(({ Key = '' }) => Key)
}

type Copies = { source: string; destination: string; prefix: string }

/** Objects at the destination whose bytes are not those of their source. */
export async function brokenCopies(s3: S3Client, { source, destination, prefix }: Copies): Promise<string[]> {
  const broken: string[] = []
  for (const key of (await snapshotOf(s3, destination, prefix)).keys()) {
    const [copy, original] = await Promise.all([
      digestOf(s3, destination, key),
      digestOf(s3, source, key.slice(prefix.length)),
    ])
    if (copy !== original) broken.push(key)
  }
  return broken
}

async function digestOf(s3: S3Client, Bucket: string, Key: string): Promise<string> {
  const { Body } = await s3.send(new GetObjectCommand({ Bucket, Key }))
  const hash = createHash('sha256')
  for await (const chunk of Body as AsyncIterable<Uint8Array>) hash.update(chunk)
  return hash.digest('hex')
}
