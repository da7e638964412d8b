import { DeleteObjectCommand, HeadObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3'
import { outsideKey } from './marks-bucket.ts'

// What stands outside of a job and costs money until somebody takes it down: an object each.

const endpoint = process.env.AWS_ENDPOINT_URL_S3 ?? process.env.AWS_ENDPOINT_URL
const client = new S3Client({ ...(endpoint ? { endpoint, forcePathStyle: true } : {}) })

export async function setUp(Bucket: string | undefined, jobId: string, thing: string): Promise<string> {
  const Key = outsideKey(jobId, thing)
  await client.send(new PutObjectCommand({ Bucket, Key, Body: '' }))
  return Key
}

export async function tearDown(Bucket: string | undefined, jobId: string, thing: string): Promise<void> {
  await client.send(new DeleteObjectCommand({ Bucket, Key: outsideKey(jobId, thing) }))
}

/** @throws where it cannot be looked at now */
export async function stands(Bucket: string | undefined, jobId: string, thing: string): Promise<boolean> {
  try {
    await client.send(new HeadObjectCommand({ Bucket, Key: outsideKey(jobId, thing) }))
    return true
  } catch (error) {
    if (error instanceof Error && error.name === 'NotFound') return false
    throw error
  }
}
