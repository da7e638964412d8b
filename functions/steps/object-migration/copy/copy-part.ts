import { GetObjectCommand, UploadPartCommand, UploadPartCopyCommand } from '@aws-sdk/client-s3'
import { bareEtag, copySource } from '../store/keys.ts'
import type { BatchRun } from './batch-run.ts'
import { type Item, md5Of } from './copy-whole.ts'
import type { Part } from './parts.ts'

type PartOf = { item: Item; part: Part; uploadId: string }

/** Copies one part and answers its ETag. */
export function copyPart(run: BatchRun, of: PartOf, signal: AbortSignal): Promise<string> {
  if (run.migration.transfer.serverSide) return withinStore(run, of, signal)
  return run.budget.hold(of.part.size, () => between(run, of, signal))
}

const rangeOf = ({ start, size }: Part): string => `bytes=${start}-${start + size - 1}`

async function withinStore(run: BatchRun, { item, part, uploadId }: PartOf, signal: AbortSignal) {
  const { source, destination } = run.migration
  const command = new UploadPartCopyCommand({
    Bucket: destination.bucket,
    Key: item.target,
    UploadId: uploadId,
    PartNumber: part.number,
    CopySource: copySource(source.bucket, item.object.key),
    CopySourceIfMatch: `"${item.object.etag}"`,
    CopySourceRange: rangeOf(part),
  })
  const { CopyPartResult } = await destination.client.send(command, { abortSignal: signal })
  return bareEtag(CopyPartResult?.ETag)
}

async function between(run: BatchRun, { item, part, uploadId }: PartOf, signal: AbortSignal) {
  const { source, destination } = run.migration
  signal.throwIfAborted()
  const wanted = { Bucket: source.bucket, Key: item.object.key, IfMatch: `"${item.object.etag}"` }
  const get = new GetObjectCommand({ ...wanted, Range: rangeOf(part) })
  const { Body } = await source.client.send(get, { abortSignal: signal })
  const bytes = (await Body?.transformToByteArray()) ?? new Uint8Array()
  const command = new UploadPartCommand({
    Bucket: destination.bucket,
    Key: item.target,
    UploadId: uploadId,
    PartNumber: part.number,
    Body: bytes,
    ContentMD5: md5Of(bytes),
  })
  const { ETag } = await destination.client.send(command, { abortSignal: signal })
  return bareEtag(ETag)
}
