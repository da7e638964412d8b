import type { Batch, ListedObject } from '../batch/batch.ts'
import { slicesOf } from '../batch/slices.ts'
import type { Entry } from '../copy/ledger.ts'
import type { DeletedSlice } from '../delete/delete-batch.ts'
import type { FaultReason } from '../store/faults.ts'
import { paths } from '../store/job-folder.ts'
import type { Migration } from '../store/migration.ts'
import type { Method } from '../verify/compare.ts'
import { findVerified } from '../verify/verified.ts'

/**
 * What became of an object. `copied`: whole at the destination, and the source remains as asked; `moved`: and
 * deleted at the source; `kept`: whole, but it stays at the source though it was to move; `changed`, `gone`, `refused`:
 * not whole at the destination; `skipped`: by the filter; `removed`: by a rollback; `unverified`, `pending`: the job ended before.
 */
export const OUTCOMES = [
  'copied',
  'moved',
  'kept',
  'changed',
  'gone',
  'refused',
  'skipped',
  'removed',
  'unverified',
  'pending',
] as const
export type Outcome = (typeof OUTCOMES)[number]

/** One line of `report/<batch>.ndjson`. */
export type ReportLine = {
  key: string
  bytes: number
  outcome: Outcome
  /** By what it was compared. */
  method?: Method
  reason?: string
}

const NOT_WHOLE: Partial<Record<FaultReason, Outcome>> = { changed: 'changed', gone: 'gone' }

type Known = Omit<ReportLine, 'key' | 'bytes'>

/** What the records of a batch say of each of its objects, in the order of the list. */
export async function outcomesOf(
  migration: Migration,
  { batch, entries }: { batch: Batch; entries: Entry[] },
  signal: AbortSignal,
): Promise<ReportLine[]> {
  const known = new Map<number, Known>()
  for (const [i, etag, reason, message] of entries) {
    known.set(i, etag === null ? failed(reason!, message!) : { outcome: 'unverified' })
  }
  for (const { number } of slicesOf(batch)) await addSlice(migration, { batch, number, known }, signal)
  await addReverted(migration, { batch, known }, signal)
  return batch.objects.map((object, i) => line(object, known.get(i) ?? { outcome: 'pending' }))
}

const line = ({ key, size }: ListedObject, known: Known): ReportLine => ({ key, bytes: size, ...known })

const failed = (reason: FaultReason, message: string): Known => ({
  outcome: NOT_WHOLE[reason] ?? 'refused',
  reason: `${reason}: ${message}`,
})

type SliceOf = { batch: Batch; number: number; known: Map<number, Known> }

async function addSlice(
  migration: Migration,
  { batch, number, known }: SliceOf,
  signal: AbortSignal,
): Promise<void> {
  const at = { batch: batch.number, slice: number }
  const found = await findVerified(migration, at, signal)
  if (!found) return
  const { remainSource } = migration.options
  const deleted = remainSource
    ? null
    : await migration.folder.find<DeletedSlice>(paths.deleted(at.batch, number), signal)
  const whole: Outcome = deleted ? 'moved' : 'copied'
  for (const { i, method } of found.verified) known.set(i, { outcome: whole, method })
  for (const { i, reason, message } of found.failures) known.set(i, failed(reason, message))
  for (const { i, reason } of deleted?.kept ?? []) known.set(i, { ...known.get(i)!, outcome: 'kept', reason })
}

type Retained = { key: string; reason: string }
type Reverted = { removed: number; kept: Retained[]; failed?: Retained[] }

/** A rollback removed every copy but those that it names, by their keys at the destination. */
async function addReverted(
  migration: Migration,
  { batch, known }: Omit<SliceOf, 'number'>,
  signal: AbortSignal,
): Promise<void> {
  const reverted = await migration.folder.find<Reverted>(paths.reverted(batch.number), signal)
  if (!reverted) return
  const kept = new Map([...reverted.kept, ...(reverted.failed ?? [])].map(({ key, reason }) => [key, reason]))
  for (const [i, { outcome }] of known) {
    if (outcome === 'changed' || outcome === 'gone' || outcome === 'refused') continue
    const reason = kept.get(batch.targets[i]!)
    if (reason === undefined) known.set(i, { outcome: 'removed' })
    else known.set(i, { ...known.get(i)!, reason: `not removed by the rollback: ${reason}` })
  }
}
