import { paths } from '../store/job-folder.ts'
import { destinationKey } from '../store/keys.ts'
import type { Migration } from '../store/migration.ts'

/** One line of a manifest. */
export type ListedObject = { key: string; size: number; etag: string; last_modified: string }

export type Summary = { batches: number[]; objects: number; bytes: number }

export type Batch = {
  number: number
  objects: ListedObject[]
  /** What each object is called at the destination, by its place in the manifest. */
  targets: string[]
}

export async function openBatch(
  migration: Migration,
  number: number,
  signal: AbortSignal,
): Promise<Batch | null> {
  const objects = await migration.folder.find<ListedObject[]>(paths.manifest(number), signal)
  if (!objects) return null
  return { number, objects, targets: objects.map(({ key }) => destinationKey(migration, key)) }
}

export async function needBatch(migration: Migration, number: number, signal: AbortSignal): Promise<Batch> {
  const batch = await openBatch(migration, number, signal)
  if (batch) return batch
  throw new Error(`the manifest of batch ${number} is not in the work bucket: start a new migration`)
}
