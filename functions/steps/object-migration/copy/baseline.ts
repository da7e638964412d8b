import type { Batch } from '../batch/batch.ts'
import { findObjects } from '../store/find-objects.ts'
import { paths } from '../store/job-folder.ts'
import type { Migration } from '../store/migration.ts'
import { announce } from './other-jobs.ts'

/**
 * The objects that lay at the destination before the job wrote there, by their place in the manifest. The batch's
 * first attempt records them before its first write, so that a clean-up knows what it must not touch. An object
 * that the job overwrote cannot be restored, so the clean-up does not delete it either. `unseen` are those of them that
 * could not be looked at, and count as there.
 */
export type Baseline = { existed: number[]; unseen?: number[] }

/** The batch's baseline; `isNew` when this attempt recorded it. */
export async function ensureBaseline(migration: Migration, batch: Batch, signal: AbortSignal) {
  const recorded = await findBaseline(migration, batch.number, signal)
  if (recorded) return { baseline: recorded, isNew: false }
  const { destination, folder, pauses } = migration
  await announce(migration, signal)
  const found = await findObjects(destination, batch.targets.filter(Boolean), { signal, pauses })
  const existed = batch.targets.flatMap((target, i) => (found.has(target) ? [i] : []))
  const unseen = existed.filter((i) => found.get(batch.targets[i]!)?.unseen !== undefined)
  const baseline: Baseline = { existed, ...(unseen.length > 0 && { unseen }) }
  const path = paths.baseline(batch.number)
  // a fenced attempt that comes late has seen the copies of its successor: they did not exist before
  if (await folder.create(path, baseline, signal)) return { baseline, isNew: true }
  return { baseline: await folder.read<Baseline>(path, signal), isNew: false }
}

export const findBaseline = (
  { folder }: Migration,
  batch: number,
  signal: AbortSignal,
): Promise<Baseline | null> => folder.find<Baseline>(paths.baseline(batch), signal)
