import type { ListedObject } from '../batch/batch.ts'
import type { StoredObject } from '../store/find-object.ts'
import { isPlainEtag } from '../store/keys.ts'
import type { Transfer } from '../store/migration.ts'
import { MAX_HELD, partsOf } from './parts.ts'

/** What lies under the key of a copy. `recordedEtag` is the one that the ledger has of the copy. */
type FoundCopy = { listed: ListedObject; stored: StoredObject; recordedEtag: string | undefined }

/**
 * Whether this job wrote what lies under a copy's key. The copy's ETag is on record, except for what was copied
 * between the last checkpoint and a crash: then the size and the form of the ETag decide.
 */
export function isOwnCopy({ listed, stored, recordedEtag }: FoundCopy, transfer: Transfer): boolean {
  if (recordedEtag !== undefined) return stored.etag === recordedEtag
  if (stored.size !== listed.size) return false
  const parts = partsOf(listed.size, transfer).length
  if (listed.size > MAX_HELD && stored.etag.endsWith(`-${parts}`)) return true
  if (listed.size > transfer.threshold) return false
  return isPlainEtag(listed.etag) ? stored.etag === listed.etag : isPlainEtag(stored.etag)
}
