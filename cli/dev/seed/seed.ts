import { CreateBucketCommand, HeadBucketCommand, ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3'
import pLimit from 'p-limit'
import { DESTINATION, SOURCE } from './buckets.ts'
import { photos } from './photos.ts'
import { abortUploads, putPhoto } from './put-photo.ts'

const AT_ONCE = 12

export type SeedOptions = { awsUrl: string; region: string }

/**
 * Fills the bucket `photos` at the first start. The empty bucket
 * `photos-archive` is made last: where it is missing, an earlier start was cut off, and what lacks is added.
 */
export async function seed({ awsUrl, region }: SeedOptions): Promise<void> {
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' }
  const client = new S3Client({ endpoint: awsUrl, region, forcePathStyle: true, credentials })
  try {
    const [source, destination] = await Promise.all([exists(client, SOURCE), exists(client, DESTINATION)])
    if (!source) await client.send(new CreateBucketCommand({ Bucket: SOURCE }))
    if (!source || !destination) await fill(client)
    if (!destination) await client.send(new CreateBucketCommand({ Bucket: DESTINATION }))
  } finally {
    client.destroy()
  }
}

async function exists(client: S3Client, bucket: string): Promise<boolean> {
  try {
    await client.send(new HeadBucketCommand({ Bucket: bucket }))
    return true
  } catch (error) {
    if (error instanceof Error && error.name === 'NotFound') return false
    throw error
  }
}

async function fill(client: S3Client): Promise<void> {
  const { Contents = [] } = await client.send(new ListObjectsV2Command({ Bucket: SOURCE }))
  const there = new Set(Contents.map(({ Key }) => Key))
  await abortUploads(client, SOURCE)
  const missing = photos().filter(({ key }) => !there.has(key))
  // the large ones first: the small ones then fill the gaps
  const ordered = missing.sort((a, b) => b.size - a.size)
  const limit = pLimit(AT_ONCE)
  await Promise.all(ordered.map((photo) => limit(() => putPhoto(client, SOURCE, photo))))
}
