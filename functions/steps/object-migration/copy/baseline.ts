import type { Batch } from '../batch/batch.ts'
import { look } from '../store/find-objects.ts'
import { paths } from '../store/job-folder.ts'
import type { Migration } from '../store/migration.ts'
import { singleCallLimit } from './parts.ts'
import { openUploads, type Upload } from './uploads.ts'

/**
 * What lay at the destination before the job wrote there, kept before its first write. It says what a
 * clean-up must not touch: an object that was overwritten cannot be restored, so it is not deleted either,
 * and an upload that was open is somebody else's. All else under the batch's keys counts as this job's.
 */
export type Plan = { existed: number[]; foreign_uploads: string[] }

/** The plan of the first attempt; `isNew` when this attempt made it. */
export async function makePlan(migration: Migration, batch: Batch, signal: AbortSignal) {
  const known = await findPlan(migration, batch.number, signal)
  if (known) return { plan: known, isNew: false }
  const { destination, folder } = migration
  const [seen, uploads] = await Promise.all([
    look(destination, batch.targets.filter(isKey), signal),
    openUploads(destination, largeTargets(migration, batch), signal),
  ])
  const existed = batch.targets.flatMap((target, i) => (seen.has(target) ? [i] : []))
  const plan: Plan = { existed, foreign_uploads: uploads.map(({ id }) => id) }
  await folder.write(paths.plan(batch.number), plan, signal)
  return { plan, isNew: true }
}

export const findPlan = ({ folder }: Migration, batch: number, signal: AbortSignal): Promise<Plan | null> =>
  folder.find<Plan>(paths.plan(batch), signal)

/** The batch's uploads: also one that was created by a call whose answer, or whose record, was lost. */
export async function ownUploads(
  migration: Migration,
  { batch, plan }: { batch: Batch; plan: Plan },
  signal: AbortSignal,
): Promise<Upload[]> {
  const open = await openUploads(migration.destination, largeTargets(migration, batch), signal)
  return open.filter(({ id }) => !plan.foreign_uploads.includes(id))
}

const isKey = (target: string): boolean => target !== ''

function largeTargets({ transfer }: Migration, { objects, targets }: Batch): string[] {
  const limit = singleCallLimit(transfer)
  return targets.filter((target, i) => isKey(target) && objects[i]!.size > limit)
}
