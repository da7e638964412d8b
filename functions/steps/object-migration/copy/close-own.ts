import type { Batch } from '../batch/batch.ts'
import { paths } from '../store/job-folder.ts'
import type { Migration } from '../store/migration.ts'
import { closeUploads } from './close-uploads.ts'
import type { Opening } from './openings.ts'
import { type LeftUpload, lostUploads, recordedUploads } from './own-uploads.ts'
import type { Upload } from './uploads.ts'

type Known = { migration: Migration; batch: Batch; openings: Opening[] }

/** How often lost uploads are looked for at most: a call that was in flight may still open one. */
const ROUNDS = 3

/**
 * Closes every upload that is provably this job's: those on record, and those whose opening lost its answer. The
 * two do not wait for each other. What may be another's stays open, and is told in `closed/<batch>.json`.
 */
export async function closeOwnUploads(
  known: Known,
  recorded: Upload[],
  signal: AbortSignal,
): Promise<LeftUpload[]> {
  const { migration, batch } = known
  const all = new Map([...recordedUploads(known), ...recorded].map((upload) => [upload.id, upload]))
  const [closed, lost] = await Promise.allSettled([
    closeUploads(migration.destination, [...all.values()], signal),
    closeLost(known, signal),
  ])
  const left = lost.status === 'fulfilled' ? lost.value : []
  if (left.length > 0) await migration.folder.write(paths.closed(batch.number), { left }, signal)
  if (closed.status === 'rejected') throw closed.reason
  if (lost.status === 'rejected') throw lost.reason
  return left
}

async function closeLost(known: Known, signal: AbortSignal): Promise<LeftUpload[]> {
  for (let round = 1; ; round += 1) {
    const { own, left } = await lostUploads(known, signal)
    if (own.length === 0) return left
    await closeUploads(known.migration.destination, own, signal)
    if (round === ROUNDS) return left
  }
}
