import { createHash } from 'node:crypto'
import {
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  HeadObjectCommand,
} from '@aws-sdk/client-s3'
import { inParallel } from '../batch/in-parallel.ts'
import { isNoSuchUpload } from '../store/faults.ts'
import { head } from '../store/find-objects.ts'
import { bareEtag } from '../store/keys.ts'
import { type BatchRun, type LiveUpload, safePoint } from './batch-run.ts'
import { copyPart } from './copy-part.ts'
import type { Item } from './copy-whole.ts'
import { keptHeaders, keptTags } from './headers.ts'
import { type Part, partsOf } from './parts.ts'

const PARTS_AT_ONCE = 4

/** Copies an object in parts, with a safe point after each, and answers the ETag it got. */
export async function copyInParts(run: BatchRun, item: Item, signal: AbortSignal): Promise<string> {
  const parts = partsOf(item.object.size, run.migration.transfer)
  const upload = run.uploads.get(item.i) ?? (await begin(run, item, signal))
  const missing = parts.filter(({ number }) => !upload.parts.has(number))
  await inParallel(missing, { limit: PARTS_AT_ONCE, signal }, async (part, inner) => {
    const etag = await copyPart(run, { item, part, uploadId: upload.id }, inner)
    upload.parts.set(part.number, etag)
    run.bytes.done += part.size
    await safePoint(run)
  })
  const etag = await complete(run, { item, upload, parts }, signal)
  run.uploads.delete(item.i)
  return etag
}

async function begin(run: BatchRun, item: Item, signal: AbortSignal): Promise<LiveUpload> {
  const { source, destination } = run.migration
  const { key, etag } = item.object
  const wanted = { Bucket: source.bucket, Key: key, IfMatch: `"${etag}"` }
  const found = await source.client.send(new HeadObjectCommand(wanted), { abortSignal: signal })
  const tags = await keptTags(source, { key, count: found.TagCount }, signal)
  await safePoint(run)
  const at = { Bucket: destination.bucket, Key: item.target }
  const command = new CreateMultipartUploadCommand({ ...at, ...keptHeaders(found), ...tags })
  const { UploadId } = await destination.client.send(command, { abortSignal: signal })
  const upload = { id: UploadId!, parts: new Map<number, string>() }
  run.uploads.set(item.i, upload)
  await safePoint(run)
  return upload
}

type Finished = { item: Item; upload: LiveUpload; parts: Part[] }

async function complete(run: BatchRun, { item, upload, parts }: Finished, signal: AbortSignal) {
  const { client, bucket } = run.migration.destination
  const Parts = parts.map(({ number }) => ({ PartNumber: number, ETag: `"${upload.parts.get(number)}"` }))
  const at = { Bucket: bucket, Key: item.target, UploadId: upload.id }
  const command = new CompleteMultipartUploadCommand({ ...at, MultipartUpload: { Parts } })
  try {
    const { ETag } = await client.send(command, { abortSignal: signal })
    return bareEtag(ETag)
  } catch (error) {
    // the reply to a call that did complete the upload may have been lost, and the SDK's retry finds none
    if (!isNoSuchUpload(error)) throw error
    const found = await head(run.migration.destination, item.target, signal)
    if (found?.etag === composedEtag(parts.map(({ number }) => upload.parts.get(number)!))) return found.etag
    run.uploads.delete(item.i)
    throw error
  }
}

/** The ETag that S3 gives a multipart object without customer keys. */
export function composedEtag(partEtags: string[]): string {
  const all = createHash('md5')
  for (const etag of partEtags) all.update(Buffer.from(etag, 'hex'))
  return `${all.digest('hex')}-${partEtags.length}`
}
