import { pipeline } from 'node:stream/promises'
import { UploadPartCommand, UploadPartCopyCommand } from '@aws-sdk/client-s3'
import type { BatchObject } from '../batch/batch.ts'
import { ObjectError } from '../store/faults.ts'
import { bareEtag, copySource, isPlainEtag } from '../store/keys.ts'
import { StoreError } from '../store/store-error.ts'
import type { BatchRun } from './batch-run.ts'
import { ifUnchanged } from './if-unchanged.ts'
import { MeasuredBody } from './measured-body.ts'
import { MAX_HELD, type Part, STREAM_BYTES } from './parts.ts'
import { openBody, rangeOf } from './source-body.ts'
import { type BodyInput, sendHeld, sendStream } from './transfer.ts'
import { write } from './write.ts'

type PartCopy = { object: BatchObject; part: Part; uploadId: string }

/**
 * Copies one part and answers its ETag. A part makes no object: it is cut off at once where the attempt has to stop,
 * and one that arrives late is freed with its upload.
 */
export async function copyPart(run: BatchRun, copy: PartCopy, signal: AbortSignal): Promise<string> {
  try {
    if (run.migration.transfer.serverSide) return await copyWithinStore(run, copy, signal)
    const { size } = copy.part
    if (size > MAX_HELD) return await run.budget.hold(STREAM_BYTES, () => streamPart(run, copy, signal))
    return await run.budget.hold(size, async () => (await sendPart(run, { ...copy, md5: null }, signal)).etag)
  } catch (error) {
    throw isTooMany(error, copy.part) ? tooManyParts(error as StoreError, copy.part) : error
  }
}

function copyWithinStore(
  run: BatchRun,
  { object, part, uploadId }: PartCopy,
  signal: AbortSignal,
): Promise<string> {
  const { source, destination } = run.migration
  const copy = async (CopySourceIfMatch: string | undefined) => {
    const command = new UploadPartCopyCommand({
      Bucket: destination.bucket,
      Key: object.target,
      UploadId: uploadId,
      PartNumber: part.number,
      CopySource: copySource(source.bucket, object.listed.key),
      CopySourceIfMatch,
      CopySourceRange: rangeOf(part),
    })
    const { CopyPartResult } = await write(destination.client, command, { signal, cut: signal })
    return bareEtag(CopyPartResult?.ETag)
  }
  return ifUnchanged(run, object, { copy })
}

type SentPart = { etag: string; md5: string; isMd5: boolean }

/** `md5` in hex, where it is known. */
async function sendPart(
  run: BatchRun,
  { object, part, uploadId, md5 }: PartCopy & { md5: string | null },
  signal: AbortSignal,
): Promise<SentPart> {
  signal.throwIfAborted()
  const { listed, target } = object
  const { source, destination } = run.migration
  const extent = { listed, part }
  const at = { Bucket: destination.bucket, Key: target, UploadId: uploadId, PartNumber: part.number }
  const transfer = {
    extent,
    source: await openBody(source, extent, signal),
    md5,
    prepare: async () => (body: BodyInput) => new UploadPartCommand({ ...at, ...body }),
  }
  const sent = await (part.size <= MAX_HELD ? sendHeld : sendStream)(run, transfer, signal)
  const etag = bareEtag(sent.output.ETag)
  return { etag, md5: sent.md5, isMd5: isPlainEtag(etag) && etag.toLowerCase() === sent.md5 }
}

/**
 * A part too large to be held has no MD5 before it is sent. Its ETag shows that it arrived whole; where that is no
 * MD5, or the store wants one beforehand, the part is read once more and sent with the MD5 of the first reading.
 */
async function streamPart(run: BatchRun, copy: PartCopy, signal: AbortSignal): Promise<string> {
  const first = await firstPass(run, copy, signal)
  if (first.isMd5) return first.etag
  const second = await sendPart(run, { ...copy, md5: first.md5 }, signal)
  if (first.etag === '') run.wantsMd5 = true
  return second.etag
}

async function firstPass(run: BatchRun, copy: PartCopy, signal: AbortSignal): Promise<SentPart> {
  try {
    if (!run.wantsMd5) return await sendPart(run, { ...copy, md5: null }, signal)
  } catch (error) {
    if (!mayWantMd5(error, copy.part)) throw error
  }
  return { etag: '', md5: await md5OfPart(run, copy, signal), isMd5: false }
}

/** Stores word it as they like: whether it was the missing MD5 shows when the part is sent with one. */
const mayWantMd5 = (error: unknown, part: Part): boolean =>
  error instanceof StoreError && error.status === 400 && !isTooMany(error, part)

async function md5OfPart(run: BatchRun, { object, part }: PartCopy, signal: AbortSignal): Promise<string> {
  const { body } = await openBody(run.migration.source, { listed: object.listed, part }, signal)
  const measured = new MeasuredBody(part.size, null)
  measured.resume()
  await pipeline(body, measured, { signal })
  return measured.md5
}

/** Amazon S3 and most others take 10,000 parts; some fewer, which shows at the first that is too many. */
const isTooMany = (error: unknown, { number }: Part): boolean =>
  error instanceof StoreError && number > 1 && /^Invalid(Argument|PartNumber)$/.test(error.name)

function tooManyParts({ message }: StoreError, { number }: Part): ObjectError {
  const hint = `at part ${number}: if the store takes fewer parts, give a larger part_size_mib`
  return new ObjectError('refused', `${message} (${hint})`)
}
