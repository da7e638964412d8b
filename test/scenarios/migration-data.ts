import { createHash, randomUUID } from 'node:crypto'
import {
  CreateBucketCommand,
  GetObjectCommand,
  ListMultipartUploadsCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  type S3Client,
} from '@aws-sdk/client-s3'
import { ownedAlready } from './open-deployment.ts'

const MIB = 1024 ** 2

export const SOURCE = 'standdown-scenario-source'
export const DESTINATION = 'standdown-scenario-destination'

/** A folder of its own on either side, so that migrations do not meet. */
export type Migrated = { prefix: string; keys: string[] }
export type Side = { bucket: string; prefix: string; endpoint?: string }

/**
 * Small ones sort first: with one object at a time they are whole when the large ones begin. The first of those
 * has more parts than are copied at once.
 */
const SIZES: Record<string, number> = {
  'a/empty': 0,
  'a/one byte + a space': 1,
  'a/ünï/码': 1_000,
  'a/percent%20?&#"': 65_537,
  'b/half a megabyte': MIB / 2,
  'y/large': 26 * MIB,
  'z/large': 11 * MIB,
}

export const SMALL_KEYS = Object.keys(SIZES)
  .filter((key) => key < 'y')
  .sort()

/** Text that differs from byte to byte and from key to key, quickly made. */
function contentOf(key: string, size: number): Buffer {
  const seed = createHash('sha512').update(key).digest()
  const content = Buffer.alloc(size, seed)
  for (let at = 0; at + 4 <= size; at += 65_536) content.writeUInt32LE(at, at)
  return content
}

export async function makeBuckets(s3: S3Client): Promise<void> {
  for (const Bucket of [SOURCE, DESTINATION]) {
    await s3.send(new CreateBucketCommand({ Bucket })).catch(ownedAlready)
  }
}

export async function fillSource(s3: S3Client): Promise<Migrated> {
  const prefix = `${randomUUID()}/`
  for (const [key, size] of Object.entries(SIZES)) {
    const Body = contentOf(key, size)
    await s3.send(
      new PutObjectCommand({ Bucket: SOURCE, Key: prefix + key, Body, ContentType: 'text/x-test' }),
    )
  }
  return { prefix, keys: Object.keys(SIZES).sort() }
}

export const migrationInput = (
  { prefix }: Migrated,
  more: Record<string, unknown> = {},
  endpoint?: string,
) => ({
  source: { bucket: SOURCE, prefix, ...(endpoint ? { endpoint } : {}) },
  destination: { bucket: DESTINATION, prefix, ...(endpoint ? { endpoint } : {}) },
  part_size_mib: 5,
  multipart_threshold_mib: 8,
  concurrency: 1,
  ...more,
})

/** Keys below the prefix. */
export async function keysIn(s3: S3Client, Bucket: string, Prefix: string): Promise<string[]> {
  const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket, Prefix }))
  return Contents.map(({ Key = '' }) => Key.slice(Prefix.length)).sort()
}

/** Of the keys that are there, those whose content is not what was put at the source. */
export async function brokenIn(s3: S3Client, Bucket: string, Prefix: string): Promise<string[]> {
  const broken: string[] = []
  for (const key of await keysIn(s3, Bucket, Prefix)) {
    const { Body } = await s3.send(new GetObjectCommand({ Bucket, Key: Prefix + key }))
    const bytes = Buffer.from((await Body?.transformToByteArray()) ?? [])
    if (!bytes.equals(contentOf(key, SIZES[key] ?? -1))) broken.push(key)
  }
  return broken
}

export async function openUploads(s3: S3Client, Prefix: string): Promise<string[]> {
  const { Uploads = [] } = await s3.send(new ListMultipartUploadsCommand({ Bucket: DESTINATION, Prefix }))
  return Uploads.map(({ Key = '' }) => Key.slice(Prefix.length))
}
