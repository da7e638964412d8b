import type { Batch } from '../batch/batch.ts'
import { findObjects } from '../store/find-objects.ts'
import { paths } from '../store/job-folder.ts'
import type { Migration } from '../store/migration.ts'
import { singleCallLimit } from './parts.ts'
import { openUploads, type Upload } from './uploads.ts'

/**
 * What lay at the destination before the job wrote there: the objects, by their place in the manifest, and the
 * open uploads. The batch's first attempt records it before its first write, so that a clean-up knows what it
 * must not touch. An object that the job overwrote cannot be restored, so the clean-up does not delete it
 * either. Everything else under the batch's keys counts as this job's.
 */
export type Baseline = { existed: number[]; foreign_uploads: string[] }

/** The batch's baseline; `isNew` when this attempt recorded it. */
export async function ensureBaseline(migration: Migration, batch: Batch, signal: AbortSignal) {
  const recorded = await findBaseline(migration, batch.number, signal)
  if (recorded) return { baseline: recorded, isNew: false }
  const { destination, folder } = migration
  const [found, uploads] = await Promise.all([
    findObjects(destination, batch.targets.filter(isKey), signal),
    openUploads(destination, largeTargets(migration, batch), signal),
  ])
  const existed = batch.targets.flatMap((target, i) => (found.has(target) ? [i] : []))
  const baseline: Baseline = { existed, foreign_uploads: uploads.map(({ id }) => id) }
  await folder.write(paths.baseline(batch.number), baseline, signal)
  return { baseline, isNew: true }
}

export const findBaseline = (
  { folder }: Migration,
  batch: number,
  signal: AbortSignal,
): Promise<Baseline | null> => folder.find<Baseline>(paths.baseline(batch), signal)

/**
 * The batch's open uploads. They come from the store and not from a record, because an upload may have been
 * created by a call whose answer was lost.
 */
export async function ownUploads(
  migration: Migration,
  { batch, baseline }: { batch: Batch; baseline: Baseline },
  signal: AbortSignal,
): Promise<Upload[]> {
  const open = await openUploads(migration.destination, largeTargets(migration, batch), signal)
  return open.filter(({ id }) => !baseline.foreign_uploads.includes(id))
}

const isKey = (target: string): boolean => target !== ''

function largeTargets({ transfer }: Migration, { objects, targets }: Batch): string[] {
  const limit = singleCallLimit(transfer)
  return targets.filter((target, i) => isKey(target) && objects[i]!.size > limit)
}
