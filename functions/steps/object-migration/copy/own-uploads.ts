import type { Batch } from '../batch/batch.ts'
import type { Migration } from '../store/migration.ts'
import type { Opening } from './openings.ts'
import { arrivedParts, type OpenUpload, openUploads, type Upload } from './uploads.ts'

/** An upload that may be this job's, or another's: it stays open. `id` is null where no store tells. */
export type LeftUpload = { key: string; upload_id: string | null; reason: string }

type Known = { migration: Migration; batch: Batch; openings: Opening[] }

/** A store's clock may differ by so much: it refuses what is signed with a larger difference. */
const CLOCK_MS = 15 * 60_000
/** Where the process died with the call: it lasts no longer. */
const CALL_MS = 3 * 60_000

/** The uploads that the store told this job when it opened them. */
export const recordedUploads = ({ batch, openings }: Pick<Known, 'batch' | 'openings'>): Upload[] =>
  openings.flatMap(({ i, id }) => (id === null ? [] : [{ key: batch.targets[i]!, id }]))

/**
 * The uploads of calls whose answer was lost. No store can be asked who opened an upload for which job. But ours
 * was not there before the call, began while it lasted, has the initiator of our others, and has no part,
 * because nobody knows its id. Where more uploads are so than calls were lost, one of them is somebody else's:
 * all of them stay.
 */
export async function lostUploads(
  known: Known,
  signal: AbortSignal,
): Promise<{ own: Upload[]; left: LeftUpload[] }> {
  const own: Upload[] = []
  const left: LeftUpload[] = []
  for (const opening of known.openings.filter(({ lost }) => lost > 0)) {
    const key = known.batch.targets[opening.i]!
    const candidates = await candidatesOf(known, { key, opening }, signal)
    if (!candidates) left.push({ key, upload_id: null, reason: UNLISTED })
    else if (candidates.length <= opening.lost) own.push(...candidates)
    else left.push(...candidates.map(({ id }) => ({ key, upload_id: id, reason: UNPROVEN })))
  }
  return { own, left }
}

const UNLISTED =
  'the answer to CreateMultipartUpload was lost, and the store lists no uploads: whether one is open cannot be told'
const UNPROVEN =
  'the answer to CreateMultipartUpload was lost while somebody else opened an upload too: which is ours cannot be told'

async function candidatesOf(
  { migration, openings }: Known,
  { key, opening }: { key: string; opening: Opening },
  signal: AbortSignal,
): Promise<Upload[] | null> {
  const open = await openUploads(migration.destination, key, signal)
  if (!open || !opening.before) return null
  const others = new Set([...opening.before, ...openings.map(({ id }) => id)])
  const candidates: Upload[] = []
  for (const upload of open.filter(({ id }) => !others.has(id))) {
    if (!fits(upload, opening)) continue
    const parts = await arrivedParts(migration.destination, upload, signal)
    if (parts?.length === 0) candidates.push({ key, id: upload.id })
  }
  return candidates
}

function fits({ initiated, initiator }: OpenUpload, opening: Opening): boolean {
  if (opening.initiator !== null && initiator !== opening.initiator) return false
  if (initiated === null) return true
  const until = opening.until ?? opening.at + CALL_MS
  return initiated >= opening.at - CLOCK_MS && initiated <= until + CLOCK_MS
}
