import type { ListedObject } from '../batch/batch.ts'
import type { Seen } from '../store/find-objects.ts'
import { isPlainEtag } from '../store/keys.ts'
import type { Transfer } from '../store/migration.ts'
import { partsOf, singleCallLimit } from './parts.ts'

type Question = { object: ListedObject; seen: Seen; recorded: string | undefined }

/**
 * Whether what lies at the destination is what this job wrote. The ETag it got is on record, but for the
 * objects copied between the last checkpoint and a crash: there the size and what the ETag can look like decide.
 */
export function isOurs({ object, seen, recorded }: Question, transfer: Transfer): boolean {
  if (recorded !== undefined) return seen.etag === recorded
  if (seen.size !== object.size) return false
  if (object.size > singleCallLimit(transfer))
    return seen.etag.endsWith(`-${partsOf(object.size, transfer).length}`)
  return isPlainEtag(object.etag) ? seen.etag === object.etag : isPlainEtag(seen.etag)
}
