import { DeleteObjectCommand } from '@aws-sdk/client-s3'
import type { ListedObject } from '../batch/batch.ts'
import { objectFault } from '../store/faults.ts'
import { findObject, type StoredObject } from '../store/find-object.ts'
import { ifMatch } from '../store/keys.ts'
import type { Migration } from '../store/migration.ts'
import { send } from '../store/send.ts'
import type { Proof, Seen } from '../verify/compare.ts'

export type Deletion = {
  listed: ListedObject
  target: string
  proof: Proof
  /** Looks at the abort: the last thing before the look at the two ends. */
  safePoint(): Promise<void>
}

/**
 * The point of no return of one object: before it the object is at both ends, after it at the destination only.
 * Both ends are compared with what was verified right before it, because either may have been written since.
 * Null when the object is deleted, also by an earlier attempt; otherwise why it stays.
 */
export async function deleteObject(
  migration: Migration,
  { listed, target, proof, safePoint }: Deletion,
  signal: AbortSignal,
): Promise<string | null> {
  if (proof.method === 'size' && listed.size > 0) return 'unproven: nothing but the size was compared'
  await safePoint()
  try {
    const [source, copy] = await Promise.all([
      findObject(migration.source, listed.key, signal),
      findObject(migration.destination, target, signal),
    ])
    const reason = whyKept({ listed, proof }, source, copy)
    if (reason !== null || source === null) return reason
    signal.throwIfAborted()
    await remove(migration, listed)
    return null
  } catch (error) {
    const fault = objectFault(error)
    if (!fault || signal.aborted) throw error
    return (await isDeleted(migration, listed, signal)) ? null : `${fault.reason}: ${fault.message}`
  }
}

function whyKept(
  { listed, proof }: Pick<Deletion, 'listed' | 'proof'>,
  source: StoredObject | null,
  copy: StoredObject | null,
): string | null {
  if (copy === null) return 'gone: no longer at the destination'
  if (copy.size !== listed.size || isOther(copy, proof.copy))
    return 'changed: written at the destination since it was verified'
  if (source === null) return null
  if (source.size !== listed.size || isOther(source, proof.source) || isOther(source, listed))
    return 'changed: written at the source since it was listed'
  if (listed.size > 0 && (proof.source.etag === '' || proof.copy.etag === ''))
    return 'unproven: the store tells no ETag by which a later write would show'
  return null
}

/** An ETag or a version is compared where it was seen both times: lists do not tell the version. */
const isOther = (stored: StoredObject, { etag, version }: Seen): boolean =>
  (etag !== '' && stored.etag !== etag) ||
  (version !== undefined && stored.version !== undefined && stored.version !== version)

/**
 * Amazon S3 compares the ETag within the deletion. Other stores may not, and the look just before has to do.
 * The call gets no signal: an abort waits until it has ended, since a rollback that did not see the object go
 * would remove its last copy.
 */
async function remove({ source }: Migration, { key, etag }: ListedObject): Promise<void> {
  const command = new DeleteObjectCommand({
    Bucket: source.bucket,
    Key: key,
    IfMatch: source.isAmazon ? ifMatch(etag) : undefined,
  })
  await send(source.client, command)
}

/** A call whose reply was lost is repeated, and then finds the object gone or a delete marker in its place. */
async function isDeleted(
  { source }: Migration,
  { key }: ListedObject,
  signal: AbortSignal,
): Promise<boolean> {
  try {
    return (await findObject(source, key, signal)) === null
  } catch (error) {
    if (!objectFault(error) || signal.aborted) throw error
    return false
  }
}
