import type { NotKept } from '../list/not-kept.ts'
import type { ObjectFault } from '../store/faults.ts'
import { paths } from '../store/job-folder.ts'
import { destinationKey } from '../store/keys.ts'
import type { Migration } from '../store/migration.ts'
import { type Amount, amountOf } from './amount.ts'

/** One line of a manifest. */
export type ListedObject = {
  key: string
  size: number
  etag: string
  last_modified: string
  /** Why it cannot be moved, where the listing shows it. */
  fault?: ObjectFault
  /** The key is as it was listed, since it cannot be decoded. */
  is_encoded?: true
}

/** What listing found: the numbers of the batches, how much they hold in all, and what of it no copy will have. */
export type Summary = {
  batches: number[]
  objects: number
  bytes: number
  skipped?: Skipped
  not_kept?: NotKept[]
}

/** What the filter left out: `files` of it are in the work bucket. */
export type Skipped = { objects: number; bytes: number; files: number }

export const NOTHING_SKIPPED: Skipped = { objects: 0, bytes: 0, files: 0 }

export type Batch = {
  number: number
  objects: ListedObject[]
  amount: Amount
  /** The key of each object at the destination, by its place in the manifest; empty where it can have none. */
  targets: string[]
}

/** An object of a batch: `i` is its place in the manifest, `target` its key at the destination. */
export type BatchObject = { i: number; listed: ListedObject; target: string }

export async function readBatch(migration: Migration, number: number, signal: AbortSignal): Promise<Batch> {
  const batch = await findBatch(migration, number, signal)
  if (batch) return batch
  throw new Error(`the manifest of batch ${number} is not in the work bucket: start a new migration`)
}

/** As `readBatch`, but null where there is no manifest. */
export async function findBatch(
  migration: Migration,
  number: number,
  signal: AbortSignal,
): Promise<Batch | null> {
  const objects = await migration.folder.find<ListedObject[]>(paths.manifest(number), signal)
  if (!objects) return null
  return {
    number,
    objects,
    amount: amountOf(objects),
    targets: objects.map(({ key, fault }) => (fault ? '' : destinationKey(migration, key))),
  }
}
