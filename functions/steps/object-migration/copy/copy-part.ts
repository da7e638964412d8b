import { GetObjectCommand, UploadPartCommand, UploadPartCopyCommand } from '@aws-sdk/client-s3'
import type { BatchObject } from '../batch/batch.ts'
import { bareEtag, copySource } from '../store/keys.ts'
import { send } from '../store/send.ts'
import type { BatchRun } from './batch-run.ts'
import { contentMd5 } from './copy-whole.ts'
import type { Part } from './parts.ts'
import { write } from './write.ts'

type PartCopy = { object: BatchObject; part: Part; uploadId: string }

/** Copies one part and answers its ETag. */
export function copyPart(run: BatchRun, copy: PartCopy, signal: AbortSignal): Promise<string> {
  if (run.migration.transfer.serverSide) return copyWithinStore(run, copy, signal)
  return run.budget.hold(copy.part.size, () => copyBetweenStores(run, copy, signal))
}

const rangeOf = ({ start, size }: Part): string => `bytes=${start}-${start + size - 1}`

async function copyWithinStore(
  run: BatchRun,
  { object, part, uploadId }: PartCopy,
  signal: AbortSignal,
): Promise<string> {
  const { source, destination } = run.migration
  const command = new UploadPartCopyCommand({
    Bucket: destination.bucket,
    Key: object.target,
    UploadId: uploadId,
    PartNumber: part.number,
    CopySource: copySource(source.bucket, object.listed.key),
    CopySourceIfMatch: `"${object.listed.etag}"`,
    CopySourceRange: rangeOf(part),
  })
  const { CopyPartResult } = await write(destination.client, command, { signal })
  return bareEtag(CopyPartResult?.ETag)
}

async function copyBetweenStores(
  run: BatchRun,
  { object, part, uploadId }: PartCopy,
  signal: AbortSignal,
): Promise<string> {
  const { source, destination } = run.migration
  signal.throwIfAborted()
  const get = new GetObjectCommand({
    Bucket: source.bucket,
    Key: object.listed.key,
    IfMatch: `"${object.listed.etag}"`,
    Range: rangeOf(part),
  })
  const { Body } = await send(source.client, get, signal)
  const bytes = (await Body?.transformToByteArray()) ?? new Uint8Array()
  const upload = new UploadPartCommand({
    Bucket: destination.bucket,
    Key: object.target,
    UploadId: uploadId,
    PartNumber: part.number,
    Body: bytes,
    ContentMD5: contentMd5(bytes),
  })
  const { ETag } = await write(destination.client, upload, { signal })
  return bareEtag(ETag)
}
