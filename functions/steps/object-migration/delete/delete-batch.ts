import { DeleteObjectCommand } from '@aws-sdk/client-s3'
import { type ListedObject, readBatch } from '../batch/batch.ts'
import { inParallel } from '../batch/in-parallel.ts'
import { objectFault } from '../store/faults.ts'
import { findObject, type StoredObject } from '../store/find-objects.ts'
import { paths } from '../store/job-folder.ts'
import type { Migration } from '../store/migration.ts'
import { send } from '../store/send.ts'
import type { VerifiedBatch } from '../verify/verify-batch.ts'

/** A verified object that stays at the source, and why. */
export type RetainedObject = { key: string; reason: string }
export type DeletedBatch = { deleted: number; kept: RetainedObject[] }

const AT_ONCE = 8

/** Deletes a batch's verified objects; `safePoint` looks at the abort right before each deletion. */
export async function deleteBatch(
  migration: Migration,
  number: number,
  { signal, safePoint }: { signal: AbortSignal; safePoint: () => Promise<void> },
): Promise<DeletedBatch> {
  const batch = await readBatch(migration, number, signal)
  const { verified } = await migration.folder.read<VerifiedBatch>(paths.verified(number), signal)
  const outcome: DeletedBatch = { deleted: 0, kept: [] }
  await inParallel(verified, { limit: AT_ONCE, signal }, async (i, inner) => {
    const deletion = { listed: batch.objects[i]!, target: batch.targets[i]!, safePoint }
    const reason = await deleteObject(migration, deletion, inner)
    if (reason === null) outcome.deleted += 1
    else outcome.kept.push({ key: deletion.listed.key, reason })
  })
  await migration.folder.write(paths.deleted(number), outcome, signal)
  return outcome
}

type Deletion = { listed: ListedObject; target: string; safePoint: () => Promise<void> }

/**
 * The point of no return of one object: before it the object is at both ends, after it at the destination only.
 * Null when the object is deleted, also by an earlier attempt; otherwise why it stays.
 */
async function deleteObject(
  migration: Migration,
  { listed, target, safePoint }: Deletion,
  signal: AbortSignal,
): Promise<string | null> {
  try {
    const [source, copy] = await Promise.all([
      findObject(migration.source, listed.key, signal),
      findObject(migration.destination, target, signal),
    ])
    const reason = whyRetained(listed, source, copy)
    if (reason !== null || source === null) return reason
    await safePoint()
    signal.throwIfAborted()
    await remove(migration, listed)
    return null
  } catch (error) {
    const fault = objectFault(error)
    if (!fault || signal.aborted) throw error
    return fault.reason === 'gone' ? null : `${fault.reason}: ${fault.message}`
  }
}

function whyRetained(
  listed: ListedObject,
  source: StoredObject | null,
  copy: StoredObject | null,
): string | null {
  if (copy === null) return 'gone: no longer at the destination'
  if (copy.size !== listed.size) return 'changed: another size at the destination since it was verified'
  if (source !== null && source.etag !== listed.etag)
    return 'changed: written at the source since it was listed'
  return null
}

/**
 * Amazon S3 compares the ETag within the deletion. Other stores may not, and the look just before has to do.
 * The call gets no signal: an abort waits until it has ended, since a rollback that did not see the object go
 * would remove its last copy.
 */
async function remove({ source }: Migration, { key, etag }: ListedObject): Promise<void> {
  const command = new DeleteObjectCommand({
    Bucket: source.bucket,
    Key: key,
    IfMatch: source.isAmazon ? `"${etag}"` : undefined,
  })
  await send(source.client, command)
}
