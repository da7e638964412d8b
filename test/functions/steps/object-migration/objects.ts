import { createHash, randomBytes } from 'node:crypto'
import {
  DeleteObjectCommand,
  GetObjectCommand,
  GetObjectTaggingCommand,
  HeadObjectCommand,
  ListMultipartUploadsCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  type PutObjectCommandInput,
} from '@aws-sdk/client-s3'
import type { ReportLine } from '#functions/steps/object-migration/report/outcomes.ts'
import type { StartedS3 } from '#test/s3.ts'
import type { MigrationJob } from './migration-job.ts'

type PutOptions = Partial<PutObjectCommandInput>

export async function put(
  { client }: StartedS3,
  at: { bucket?: string; key: string },
  body: number | string,
  options: PutOptions = {},
) {
  const Body = typeof body === 'number' ? randomBytes(body) : body
  await client.send(new PutObjectCommand({ Bucket: at.bucket ?? 'from', Key: at.key, Body, ...options }))
}

export async function remove({ client }: StartedS3, bucket: string, key: string) {
  await client.send(new DeleteObjectCommand({ Bucket: bucket, Key: key }))
}

export async function keysOf({ client }: StartedS3, bucket: string): Promise<string[]> {
  const { Contents = [] } = await client.send(new ListObjectsV2Command({ Bucket: bucket }))
  return Contents.map(({ Key }) => Key!)
}

export async function headersOf({ client }: StartedS3, bucket: string, key: string) {
  const at = { Bucket: bucket, Key: key }
  const head = await client.send(new HeadObjectCommand(at))
  const { TagSet } = await client.send(new GetObjectTaggingCommand(at))
  const { ContentType, CacheControl, ContentDisposition, ContentEncoding, ContentLanguage, Metadata } = head
  const { ExpiresString } = head
  return {
    ContentType,
    CacheControl,
    ContentDisposition,
    ContentEncoding,
    ContentLanguage,
    Metadata,
    ExpiresString,
    TagSet,
  }
}

/** Each object's SHA-256, by key. */
export async function contentsOf(s3: StartedS3, bucket: string): Promise<Record<string, string>> {
  const hashes: Record<string, string> = {}
  for (const key of await keysOf(s3, bucket)) {
    const { Body } = await s3.client.send(new GetObjectCommand({ Bucket: bucket, Key: key }))
    hashes[key] = createHash('sha256')
      .update(await Body!.transformToByteArray())
      .digest('hex')
  }
  return hashes
}

export async function uploadsOf({ client }: StartedS3, bucket: string): Promise<string[]> {
  const { Uploads = [] } = await client.send(new ListMultipartUploadsCommand({ Bucket: bucket }))
  return Uploads.map(({ UploadId }) => UploadId!)
}

export async function jsonOf<Value>({ client }: StartedS3, key: string): Promise<Value> {
  const { Body } = await client.send(new GetObjectCommand({ Bucket: 'work', Key: key }))
  return JSON.parse(await Body!.transformToString())
}

/** The lines of a batch's report. */
export async function linesOf(
  { client }: StartedS3,
  { job }: MigrationJob,
  batch: number,
): Promise<ReportLine[]> {
  const Key = `jobs/${job.job_execution_id}/report/${String(batch).padStart(5, '0')}.ndjson`
  const { Body } = await client.send(new GetObjectCommand({ Bucket: 'work', Key }))
  const text = await Body!.transformToString()
  return text
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line))
}
