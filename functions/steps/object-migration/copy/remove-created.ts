import { settledFew } from '../batch/in-parallel.ts'
import { findObjects } from '../store/find-objects.ts'
import { paths } from '../store/job-folder.ts'
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
    const { own, retained } = await findCreated(run)
    report.kept = retained
    if (own.length === 0) break
    const removal = await removeAll(run, own)
    report.removed += removal.removed
    report.failed = removal.failed
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

/** Which objects this job wrote and may remove, and which stay. */
async function findCreated(run: HookRun): Promise<{ own: OwnCopy[]; retained: RetainedObject[] }> {
  const { migration, tools } = run
  const { written, retained } = await findWritten(run)
  const gone = await goneFromSource(run, written)
  const keys = written.map(({ key }) => key)
  const others = keys.length > 0 ? await copiedByOthers(migration, keys, tools.signal) : new Map()
  const own: OwnCopy[] = []
  for (const copy of written) {
    const other = others.get(copy.key)
    if (gone.has(copy.i)) retained.push({ key: copy.key, reason: 'no longer at the source' })
    else if (other) retained.push({ key: copy.key, reason: `also copied by job ${other}` })
    else own.push(copy)
  }
  return { own, retained }
}

/** Of what was written, what has gone or changed at the source: its copy may be the last one, and is never removed. */
async function goneFromSource(
  { migration, batch, tools }: HookRun,
  written: OwnCopy[],
): Promise<Set<number>> {
  const listed = written.map(({ i }) => ({ i, ...batch.objects[i]! }))
  const keys = listed.map(({ key }) => key)
  const found = await findObjects(migration.source, keys, tools.signal)
  return new Set(listed.filter(({ key, etag }) => found.get(key)?.etag !== etag).map(({ i }) => i))
}

async function findWritten(run: HookRun): Promise<{ written: OwnCopy[]; retained: RetainedObject[] }> {
  const { migration, batch, baseline, tools } = run
  const recorded = new Map((await recordedEntries(run)).map(([i, etag]) => [i, etag]))
  const found = await findObjects(migration.destination, batch.targets.filter(Boolean), tools.signal)
  const retained: RetainedObject[] = []
  const written: OwnCopy[] = []
  for (const [i, key] of batch.targets.entries()) {
    const stored = found.get(key)
    // An object that is recorded as failed was not written by this job.
    if (!stored || recorded.get(i) === null) continue
    const copy = { listed: batch.objects[i]!, stored, recordedEtag: recorded.get(i) ?? undefined }
    if (baseline.existed.includes(i)) retained.push({ key, reason: 'existed before' })
    else if (isOwnCopy(copy, migration.transfer)) written.push({ i, key, etag: stored.etag })
    else retained.push({ key, reason: 'changed since' })
  }
  return { written, retained }
}

/** What became of the batch's objects, as far as the interrupted run has told. */
export async function recordedEntries({ migration, batch, tools }: HookRun): Promise<Entry[]> {
  const result = await migration.folder.find<BatchResult>(paths.result(batch.number), tools.signal)
  if (result) return result.entries
  if (!tools.checkpoint) return []
  return readEntries(migration, { batch: batch.number, state: tools.checkpoint }, tools.signal)
}
