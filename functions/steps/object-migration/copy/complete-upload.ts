import { createHash } from 'node:crypto'
import { CompleteMultipartUploadCommand, HeadObjectCommand } from '@aws-sdk/client-s3'
import type { BatchObject } from '../batch/batch.ts'
import { isNotFound } from '../store/faults.ts'
import { bareEtag } from '../store/keys.ts'
import type { Store } from '../store/migration.ts'
import { send } from '../store/send.ts'
import type { BatchRun, LiveUpload } from './batch-run.ts'
import type { Part } from './parts.ts'
import { write } from './write.ts'

type FinishedUpload = { object: BatchObject; upload: LiveUpload; parts: Part[] }

/** Makes the object of its parts, and answers its ETag. */
export async function completeUpload(
  run: BatchRun,
  { object, upload, parts }: FinishedUpload,
  signal: AbortSignal,
): Promise<string> {
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
    const { ETag } = await write(destination.client, command, { signal })
    return bareEtag(ETag)
  } catch (error) {
    // A call may have completed the upload and lost its reply. The SDK's retry then finds no such upload.
    if (!isNotFound(error)) throw error
    const etag = await completedEtag(destination, { object, etags }, signal)
    if (etag === null) throw error
    return etag
  }
}

/**
 * The ETag of what lies under the key, if it was made of these parts. That of an encrypted object, and of some
 * stores, is not computed from its parts: there the size and the number of parts have to do; verifying follows.
 */
async function completedEtag(
  store: Store,
  { object, etags }: { object: BatchObject; etags: string[] },
  signal: AbortSignal,
): Promise<string | null> {
  const head = new HeadObjectCommand({ Bucket: store.bucket, Key: object.target })
  const found = await send(store.client, head, signal).catch((error) => {
    if (isNotFound(error)) return null
    throw error
  })
  const etag = bareEtag(found?.ETag)
  if (!found || found.ContentLength !== object.listed.size) return null
  if (etag === composedEtag(etags)) return etag
  const isComputed = store.isAmazon && !found.SSEKMSKeyId && !found.SSECustomerAlgorithm
  return !isComputed && etag.endsWith(`-${etags.length}`) ? etag : null
}

/** The ETag that S3 gives a multipart object, unless it is encrypted with a customer's or a KMS key. */
export function composedEtag(partEtags: string[]): string {
  const all = createHash('md5')
  for (const etag of partEtags) all.update(Buffer.from(etag, 'hex'))
  return `${all.digest('hex')}-${partEtags.length}`
}
