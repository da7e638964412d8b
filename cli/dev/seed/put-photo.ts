import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  ListMultipartUploadsCommand,
  PutObjectCommand,
  type S3Client,
  UploadPartCommand,
} from '@aws-sdk/client-s3'
import { byteSource } from './bytes.ts'
import type { Photo } from './photos.ts'

/** One part of each large object is in memory at a time. */
const PART = 8 * 1024 ** 2

export async function putPhoto(client: S3Client, Bucket: string, photo: Photo): Promise<void> {
  const { key, size, contentType, metadata, tags } = photo
  const Tagging = new URLSearchParams(tags).toString()
  const described = { ContentType: contentType, Metadata: metadata, ...(Tagging ? { Tagging } : {}) }
  const at = { Bucket, Key: key }
  const next = byteSource(key)
  if (size <= PART) {
    await client.send(new PutObjectCommand({ ...at, ...described, Body: next(size) }))
    return
  }
  const { UploadId } = await client.send(new CreateMultipartUploadCommand({ ...at, ...described }))
  const Parts: { PartNumber: number; ETag: string | undefined }[] = []
  for (let start = 0; start < size; start += PART) {
    const PartNumber = Parts.length + 1
    const Body = next(Math.min(PART, size - start))
    const { ETag } = await client.send(new UploadPartCommand({ ...at, UploadId, PartNumber, Body }))
    Parts.push({ PartNumber, ETag })
  }
  await client.send(new CompleteMultipartUploadCommand({ ...at, UploadId, MultipartUpload: { Parts } }))
}

/** What a start that was cut off left open. */
export async function abortUploads(client: S3Client, Bucket: string): Promise<void> {
  const { Uploads = [] } = await client.send(new ListMultipartUploadsCommand({ Bucket }))
  for (const { Key, UploadId } of Uploads) {
    await client.send(new AbortMultipartUploadCommand({ Bucket, Key, UploadId }))
  }
}
