import { createHash } from 'node:crypto'
import {
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  HeadObjectCommand,
} from '@aws-sdk/client-s3'
import type { BatchObject } from '../batch/batch.ts'
import { inParallel } from '../batch/in-parallel.ts'
import { isNoSuchUpload } from '../store/faults.ts'
import { findObject } from '../store/find-objects.ts'
import { bareEtag } from '../store/keys.ts'
import { send } from '../store/send.ts'
import { type BatchRun, type LiveUpload, safePoint } from './batch-run.ts'
import { copyPart } from './copy-part.ts'
import { headersToCopy, tagsToCopy } from './headers.ts'
import { type Part, partsOf } from './parts.ts'

const PARTS_AT_ONCE = 4

/** Copies an object in parts, with a safe point after each, and answers the ETag that it got. */
export async function copyInParts(run: BatchRun, object: BatchObject, signal: AbortSignal): Promise<string> {
  const parts = partsOf(object.listed.size, run.migration.transfer)
  const upload = run.uploads.get(object.i) ?? (await begin(run, object, signal))
  const missing = parts.filter(({ number }) => !upload.parts.has(number))
  await inParallel(missing, { limit: PARTS_AT_ONCE, signal }, async (part, inner) => {
    const etag = await copyPart(run, { object, part, uploadId: upload.id }, inner)
    upload.parts.set(part.number, etag)
    run.bytes.done += part.size
    await safePoint(run)
  })
  const etag = await complete(run, { object, upload, parts }, signal)
  run.uploads.delete(object.i)
  return etag
}

async function begin(run: BatchRun, { i, listed, target }: BatchObject, signal: AbortSignal) {
  const { source, destination } = run.migration
  const { key, etag } = listed
  const head = new HeadObjectCommand({ Bucket: source.bucket, Key: key, IfMatch: `"${etag}"` })
  const found = await send(source.client, head, signal)
  const tags = await tagsToCopy(source, { key, count: found.TagCount }, signal)
  await safePoint(run)
  const create = new CreateMultipartUploadCommand({
    ...headersToCopy(found),
    Bucket: destination.bucket,
    Key: target,
    Tagging: tags,
  })
  const { UploadId } = await send(destination.client, create, signal)
  const upload: LiveUpload = { id: UploadId!, parts: new Map() }
  run.uploads.set(i, upload)
  await safePoint(run)
  return upload
}

type FinishedUpload = { object: BatchObject; upload: LiveUpload; parts: Part[] }

async function complete(run: BatchRun, { object, upload, parts }: FinishedUpload, signal: AbortSignal) {
  const { destination } = run.migration
  const etags = parts.map(({ number }) => upload.parts.get(number)!)
  const command = new CompleteMultipartUploadCommand({
    Bucket: destination.bucket,
    Key: object.target,
    UploadId: upload.id,
    MultipartUpload: {
      Parts: parts.map(({ number }, i) => ({ PartNumber: number, ETag: `"${etags[i]}"` })),
    },
  })
  try {
    const { ETag } = await send(destination.client, command, signal)
    return bareEtag(ETag)
  } catch (error) {
    // A call may have completed the upload and lost its reply. The SDK's retry then finds no such upload.
    if (!isNoSuchUpload(error)) throw error
    const found = await findObject(destination, object.target, signal)
    if (found?.etag === composedEtag(etags)) return found.etag
    run.uploads.delete(object.i)
    throw error
  }
}

/** The ETag that S3 gives a multipart object, unless it is encrypted with a customer's or a KMS key. */
export function composedEtag(partEtags: string[]): string {
  const all = createHash('md5')
  for (const etag of partEtags) all.update(Buffer.from(etag, 'hex'))
  return `${all.digest('hex')}-${partEtags.length}`
}
