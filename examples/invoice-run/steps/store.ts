import { DeleteObjectCommand, ListObjectsV2Command, PutObjectCommand, S3Client } from '@aws-sdk/client-s3'

const s3 = new S3Client({ forcePathStyle: true })
const Bucket = process.env.BUCKET

export const put = (Key: string, Body: string, signal?: AbortSignal) =>
  s3.send(new PutObjectCommand({ Bucket, Key, Body }), signal ? { abortSignal: signal } : {})

export async function keysBelow(Prefix: string): Promise<string[]> {
  const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket, Prefix }))
  return Contents.map(({ Key = '' }) => Key)
}

/** May be called again: what has gone is no fault. */
export async function removeBelow(prefix: string): Promise<void> {
  for (const Key of await keysBelow(prefix)) await s3.send(new DeleteObjectCommand({ Bucket, Key }))
}
