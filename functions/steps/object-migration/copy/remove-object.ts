import { DeleteObjectCommand } from '@aws-sdk/client-s3'
import { isGone } from '../store/faults.ts'
import { findObject } from '../store/find-object.ts'
import { ifMatch } from '../store/keys.ts'
import type { Store } from '../store/migration.ts'
import { StoreError } from '../store/store-error.ts'
import { write } from './write.ts'

/**
 * Removes an object if it still has the ETag. Amazon S3 compares that within the deletion; elsewhere a look right
 * before it has to do. One call an object: not every store has DeleteObjects, and its XML cannot hold every key.
 */
export async function removeObject(
  store: Store,
  { key, etag }: { key: string; etag: string },
  signal: AbortSignal,
): Promise<'removed' | 'changed'> {
  if (!store.isAmazon) {
    const found = await findObject(store, key, signal)
    if (!found) return 'removed'
    if (found.etag !== etag) return 'changed'
  }
  const IfMatch = store.isAmazon ? ifMatch(etag) : undefined
  const command = new DeleteObjectCommand({ Bucket: store.bucket, Key: key, IfMatch })
  try {
    await write(store.client, command, { signal })
    return 'removed'
  } catch (error) {
    if (isGone(error)) return 'removed'
    if (error instanceof StoreError && error.status === 412) return 'changed'
    throw error
  }
}
