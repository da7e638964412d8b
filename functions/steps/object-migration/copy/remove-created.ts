import { settledFew } from '../batch/in-parallel.ts'
import { findObjects } from '../store/find-objects.ts'
import { paths } from '../store/job-folder.ts'
import type { Baseline } from './baseline.ts'
import type { BatchResult } from './copy-batch.ts'
import type { HookRun } from './hook-run.ts'
import { type Entry, readEntries } from './ledger.ts'
import { copiedByOthers } from './other-jobs.ts'
import { isOwnCopy } from './own-copy.ts'
import { removeObject } from './remove-object.ts'

/** An object that a rollback leaves at the destination, and why. */
type RetainedObject = { key: string; reason: string }

/** An object that this job wrote, as it lies at the destination. */
type OwnCopy = { i: number; key: string; etag: string }

/** `reverted/<batch>.json`: what the last round of a rollback did. */
type RollbackReport = { removed: number; kept: RetainedObject[]; failed: RetainedObject[] }

/** How often the keys are looked at: a copy that was under way when its process died may land late. */
const ROUNDS = 3

/** Rolls a batch back: removes the objects that this job created, and reports which stay. */
export async function removeCreated(run: HookRun): Promise<void> {
  const { migration, batch, tools } = run
  const report: RollbackReport = { removed: 0, kept: [], failed: [] }
  for (let round = 0; round < ROUNDS; round += 1) {
    const { own, retained, unseen } = await findCreated(run)
    report.kept = retained
    report.failed = unseen
    if (own.length === 0) break
    const removal = await removeAll(run, own)
    report.removed += removal.removed
    report.failed.push(...removal.failed)
    if (removal.failed.length > 0) break
  }
  await migration.folder.write(paths.reverted(batch.number), report, tools.signal)
  const [first] = report.failed
  if (first) throw new Error(`${report.failed.length} objects could not be removed, such as ${first.reason}`)
}

/** One that has changed meanwhile is found again, as another's. */
async function removeAll(
  { migration, tools }: HookRun,
  own: OwnCopy[],
): Promise<Omit<RollbackReport, 'kept'>> {
  const remove = (copy: OwnCopy) => removeObject(migration.destination, copy, tools.signal)
  const outcomes = await settledFew(own, remove)
  tools.signal.throwIfAborted()
  const removed = outcomes.filter((outcome) => outcome.status === 'fulfilled' && outcome.value === 'removed')
  const failed = outcomes.flatMap((outcome, n) =>
    outcome.status === 'rejected' ? [{ key: own[n]!.key, reason: String(outcome.reason?.message) }] : [],
  )
  return { removed: removed.length, failed }
}

/** What lies under the keys of a batch. `unseen` are copies of the job that could not be looked at. */
type Written = { written: OwnCopy[]; retained: RetainedObject[]; unseen: RetainedObject[] }

/** Which objects this job wrote and may remove, and which stay. */
async function findCreated(run: HookRun): Promise<Omit<Written, 'written'> & { own: OwnCopy[] }> {
  const { migration, tools } = run
  const { written, retained, unseen } = await findWritten(run)
  const gone = await goneFromSource(run, written)
  const keys = written.map(({ key }) => key)
  const others = keys.length > 0 ? await copiedByOthers(migration, keys, tools.signal) : new Map()
  const own: OwnCopy[] = []
  for (const copy of written) {
    const other = others.get(copy.key)
    const reason = gone.get(copy.i) ?? (other && `also copied by job ${other}`)
    if (reason) retained.push({ key: copy.key, reason })
    else own.push(copy)
  }
  return { own, retained, unseen }
}

/** Why the copy may be the last one of what was listed, which is never removed, by its place in the manifest. */
async function goneFromSource(
  { migration, batch, tools: { signal } }: HookRun,
  written: OwnCopy[],
): Promise<Map<number, string>> {
  const { source, pauses } = migration
  const keys = written.map(({ i }) => batch.objects[i]!.key)
  const found = await findObjects(source, keys, { signal, pauses })
  const gone = new Map<number, string>()
  for (const { i } of written) {
    const { key, etag } = batch.objects[i]!
    const object = found.get(key)
    if (object?.unseen !== undefined) gone.set(i, `not seen at the source: ${object.unseen}`)
    else if (object?.etag !== etag) gone.set(i, 'no longer at the source')
  }
  return gone
}

async function findWritten(run: HookRun): Promise<Written> {
  const { migration, batch, baseline, tools } = run
  const { destination, pauses } = migration
  const recorded = new Map((await recordedEntries(run)).map(([i, etag]) => [i, etag]))
  const looking = { signal: tools.signal, pauses }
  const found = await findObjects(destination, batch.targets.filter(Boolean), looking)
  const sorted: Written = { written: [], retained: [], unseen: [] }
  for (const [i, key] of batch.targets.entries()) {
    const stored = found.get(key)
    const etag = recorded.get(i)
    // An object that is recorded as failed was not written by this job.
    if (!stored || etag === null) continue
    const copy = { listed: batch.objects[i]!, stored, recordedEtag: etag }
    if (baseline.existed.includes(i)) sorted.retained.push({ key, reason: existing(baseline, i) })
    else if (stored.unseen !== undefined) {
      const unseen = { key, reason: stored.unseen }
      if (etag === undefined) sorted.retained.push(unseen)
      else sorted.unseen.push(unseen)
    } else if (isOwnCopy(copy, migration.transfer)) sorted.written.push({ i, key, etag: stored.etag })
    else sorted.retained.push({ key, reason: 'changed since' })
  }
  return sorted
}

const existing = ({ unseen = [] }: Baseline, i: number): string =>
  unseen.includes(i) ? 'may have existed before: it could not be looked at' : 'existed before'

/** What became of the batch's objects, as far as the interrupted run has told. */
export async function recordedEntries({ migration, batch, tools }: HookRun): Promise<Entry[]> {
  const result = await migration.folder.find<BatchResult>(paths.result(batch.number), tools.signal)
  if (result) return result.entries
  if (!tools.checkpoint) return []
  return readEntries(migration, { batch: batch.number, state: tools.checkpoint }, tools.signal)
}
