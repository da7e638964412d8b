import { type ListedObject, NOTHING_SKIPPED, type Skipped } from '../batch/batch.ts'
import { EVENTS_FOR_BATCHES, eventsOf, mapsOf } from '../batch/limits.ts'
import { paths } from '../store/job-folder.ts'
import type { Migration } from '../store/migration.ts'
import { MigrationInputError } from '../store/options.ts'
import { nothingTold, type Tally } from './not-kept.ts'

/** How far the closed batches reach; a retry lists the objects of the open batch again. */
export type ListCheckpoint = {
  start_after: string | null
  batches: number
  objects: number
  bytes: number
  /** What the batches take of the execution's history. */
  events: number
  skipped: Skipped
  not_kept: Tally
}

export const nothingListed = (): ListCheckpoint => ({
  start_after: null,
  batches: 0,
  objects: 0,
  bytes: 0,
  events: 0,
  skipped: NOTHING_SKIPPED,
  not_kept: nothingTold(),
})

/** The batch that is being filled. `skipping` are the skipped objects that are in no file yet. */
export type OpenBatch = {
  objects: ListedObject[]
  bytes: number
  last: string | null
  skipped: Skipped
  skipping: ListedObject[]
  not_kept: Tally
}

export const openBatch = ({ start_after, skipped, not_kept }: ListCheckpoint): OpenBatch => ({
  objects: [],
  bytes: 0,
  last: start_after,
  skipped: { ...skipped },
  skipping: [],
  not_kept: structuredClone(not_kept),
})

/** Lines of a file of skipped objects. */
const SKIPPED_A_FILE = 10_000

/** A batch is closed after so many skipped objects though it is not full: else a retry would list them all again. */
const SKIPPED_A_BATCH = 500_000

export const hasSkippedMany = (open: OpenBatch, closed: ListCheckpoint): boolean =>
  open.skipped.objects - closed.skipped.objects >= SKIPPED_A_BATCH

export async function skip(
  migration: Migration,
  { open, object }: { open: OpenBatch; object: ListedObject },
  signal: AbortSignal,
): Promise<void> {
  open.skipping.push(object)
  open.skipped.objects += 1
  open.skipped.bytes += object.size
  if (open.skipping.length >= SKIPPED_A_FILE) await writeSkipped(migration, open, signal)
}

async function writeSkipped({ folder }: Migration, open: OpenBatch, signal: AbortSignal): Promise<void> {
  if (open.skipping.length === 0) return
  const lines = open.skipping.map(({ key, size }) => ({ key, bytes: size, outcome: 'skipped' }))
  await folder.writeLines(paths.skipped(open.skipped.files), lines, signal)
  open.skipped.files += 1
  open.skipping = []
}

/** Writes the manifest of the open batch, if anything is in it, and what was skipped meanwhile. */
export async function closeBatch(
  migration: Migration,
  { closed, open }: { closed: ListCheckpoint; open: OpenBatch },
  signal: AbortSignal,
): Promise<ListCheckpoint> {
  await writeSkipped(migration, open, signal)
  const { objects, bytes, last: start_after, skipped, not_kept } = open
  if (objects.length === 0) return { ...closed, start_after, skipped }
  const load = { objects: objects.length, bytes }
  const events = closed.events + eventsOf(load, mapsOf(migration.options.remainSource))
  if (events > EVENTS_FOR_BATCHES) refuse(closed)
  await migration.folder.write(paths.manifest(closed.batches), objects, signal)
  return {
    start_after,
    batches: closed.batches + 1,
    objects: closed.objects + load.objects,
    bytes: closed.bytes + bytes,
    events,
    skipped,
    not_kept,
  }
}

/** An execution whose history is full ends in the middle of its work. */
function refuse({ objects, bytes }: ListCheckpoint): never {
  throw new MigrationInputError(
    `there are more objects than one job can migrate: the history of an execution holds the first ${objects} of them ` +
      `(${bytes} bytes) with all their retries, and no more. Migrate it prefix by prefix, or with a filter`,
  )
}
