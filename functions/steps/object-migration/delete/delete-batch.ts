import { DeleteObjectCommand } from '@aws-sdk/client-s3'
import { type Batch, type ListedObject, needBatch } from '../batch/batch.ts'
import { inParallel } from '../batch/in-parallel.ts'
import { objectFault } from '../store/faults.ts'
import { head, type Seen } from '../store/find-objects.ts'
import { paths } from '../store/job-folder.ts'
import type { Migration } from '../store/migration.ts'
import type { VerifiedBatch } from '../verify/verify-batch.ts'

/** Why a verified object stays at the source. */
export type Kept = { key: string; reason: string }
export type DeletedBatch = { deleted: number; kept: Kept[] }

const AT_ONCE = 8

/** Deletes a batch's verified objects; `safePoint` looks at the abort right before each deletion. */
export async function deleteBatch(
  migration: Migration,
  number: number,
  { signal, safePoint }: { signal: AbortSignal; safePoint: () => Promise<void> },
): Promise<DeletedBatch> {
  const batch = await needBatch(migration, number, signal)
  const { verified } = await migration.folder.read<VerifiedBatch>(paths.verified(number), signal)
  const outcome: DeletedBatch = { deleted: 0, kept: [] }
  await inParallel(verified, { limit: AT_ONCE, signal }, async (i, inner) => {
    const object = batch.objects[i]!
    const reason = await deleteOne(migration, { object, target: batch.targets[i]!, safePoint }, inner)
    if (reason === null) outcome.deleted += 1
    else outcome.kept.push({ key: object.key, reason })
  })
  await migration.folder.write(paths.deleted(number), outcome, signal)
  return outcome
}

type One = { object: ListedObject; target: Batch['targets'][number]; safePoint: () => Promise<void> }

/**
 * The point of no return of one object. Before it the object is at both ends, after it at the destination
 * only. Null when it is deleted, also by an earlier attempt; otherwise why it stays.
 */
async function deleteOne(migration: Migration, { object, target, safePoint }: One, signal: AbortSignal) {
  try {
    const [source, copy] = await Promise.all([
      head(migration.source, object.key, signal),
      head(migration.destination, target, signal),
    ])
    const reason = whyKept(object, source, copy)
    if (reason !== null || source === null) return reason
    await safePoint()
    signal.throwIfAborted()
    await remove(migration, object)
    return null
  } catch (error) {
    const fault = objectFault(error)
    if (!fault || signal.aborted) throw error
    return fault.reason === 'gone' ? null : `${fault.reason}: ${fault.message}`
  }
}

function whyKept(object: ListedObject, source: Seen | null, copy: Seen | null): string | null {
  if (copy === null) return 'gone: no longer at the destination'
  if (copy.size !== object.size) return 'changed: another size at the destination since it was verified'
  if (source !== null && source.etag !== object.etag)
    return 'changed: written at the source since it was listed'
  return null
}

/**
 * Amazon S3 compares the ETag within the deletion; elsewhere the look just before it has to do. Waited for
 * also after an abort: a rollback that did not see the object go would remove its last copy.
 */
async function remove({ source }: Migration, object: ListedObject): Promise<void> {
  const condition = source.isAmazon ? { IfMatch: `"${object.etag}"` } : {}
  const command = new DeleteObjectCommand({ Bucket: source.bucket, Key: object.key, ...condition })
  await source.client.send(command)
}
