import {
  AbortMultipartUploadCommand,
  type CompletedPart,
  CompleteMultipartUploadCommand,
  type CompleteMultipartUploadCommandInput,
  CreateBucketCommand,
  CreateMultipartUploadCommand,
  GetObjectCommand,
  ListPartsCommand,
  PutObjectCommand,
  UploadPartCommand,
  UploadPartCopyCommand,
} from '@aws-sdk/client-s3'
import type { StartedS3 } from './start.ts'

export const UPLOADS = 'uploads'
const MiB = 1024 ** 2
export const FIRST = Buffer.alloc(5 * MiB, 'first ')
export const LAST = Buffer.from('the end')

/** The bucket of these uploads, with an object to copy parts from. */
export async function makeUploadsBucket({ client }: StartedS3): Promise<void> {
  await client.send(new CreateBucketCommand({ Bucket: UPLOADS }))
  const Body = Buffer.concat([FIRST, LAST])
  await client.send(new PutObjectCommand({ Bucket: UPLOADS, Key: 'source ü', Body }))
}

type Begin = Omit<ConstructorParameters<typeof CreateMultipartUploadCommand>[0], 'Bucket' | 'Key'>

/** A new multipart upload, and what one does with it. */
export async function beginUpload({ client }: StartedS3, Key: string, options: Begin = {}) {
  const Bucket = UPLOADS
  const { UploadId } = await client.send(new CreateMultipartUploadCommand({ Bucket, Key, ...options }))
  const at = { Bucket, Key, UploadId }
  return {
    at,
    put: async (PartNumber: number, Body: Buffer): Promise<CompletedPart> => {
      const { $metadata: _, ...part } = await client.send(new UploadPartCommand({ ...at, PartNumber, Body }))
      return { PartNumber, ...part }
    },
    copy: async (PartNumber: number, CopySourceRange: string): Promise<CompletedPart> => {
      const CopySource = encodeURIComponent(`${Bucket}/source ü`)
      const command = new UploadPartCopyCommand({ ...at, PartNumber, CopySource, CopySourceRange })
      const { CopyPartResult } = await client.send(command)
      const { LastModified: _, ...part } = CopyPartResult ?? {}
      return { PartNumber, ...part }
    },
    complete: (Parts: CompletedPart[], more: Partial<CompleteMultipartUploadCommandInput> = {}) =>
      client.send(new CompleteMultipartUploadCommand({ ...at, MultipartUpload: { Parts }, ...more })),
    abort: () => client.send(new AbortMultipartUploadCommand(at)),
    parts: (paging: { MaxParts?: number; PartNumberMarker?: string } = {}) =>
      client.send(new ListPartsCommand({ ...at, ...paging })),
  }
}

export async function readUpload({ client }: StartedS3, Key: string, options: { Range?: string } = {}) {
  const got = await client.send(new GetObjectCommand({ Bucket: UPLOADS, Key, ...options }))
  return { ...got, bytes: Buffer.from((await got.Body?.transformToByteArray()) ?? []) }
}
