import type { RunTools } from '#sdk/index.ts'
import type { Amount } from '../batch/amount.ts'
import type { Batch } from '../batch/batch.ts'
import { paths } from '../store/job-folder.ts'
import type { Migration } from '../store/migration.ts'
import { ensureBaseline } from './baseline.ts'
import { type BatchRun, type CopyCheckpoint, type LiveUpload, uploadsIn } from './batch-run.ts'
import { ByteBudget } from './byte-budget.ts'
import { closeUploads } from './close-uploads.ts'
import { Ledger, readEntries } from './ledger.ts'
import { openingsOf, readOpenings } from './openings.ts'
import { recordedUploads } from './own-uploads.ts'
import { partsOf } from './parts.ts'
import { arrivedParts, type Upload } from './uploads.ts'

/** Of the objects and parts on their way between two stores, whatever their sizes. */
const HELD_BYTES = 32 * 1024 ** 2

/** Begins an attempt at a batch, with all that an earlier one left. */
export async function beginBatch(
  migration: Migration,
  { batch, all }: { batch: Batch; all?: Amount | undefined },
  tools: RunTools<CopyCheckpoint>,
): Promise<BatchRun> {
  const { baseline, isNew } = await ensureBaseline(migration, batch, tools.signal)
  const save = (name: string, entries: unknown) =>
    migration.folder.write(paths.chunk(batch.number, name), entries, tools.signal)
  const ledger = new Ledger(tools.attempt, save)
  const state = tools.resumeFrom
  if (state) {
    ledger.restore(state, await readEntries(migration, { batch: batch.number, state }, tools.signal))
  }
  const earlier = isNew ? [] : await readOpenings(migration, batch.number, tools.signal)
  const uploads = await adoptUploads({ migration, batch, ledger, earlier }, tools)
  const openings = openingsOf(migration, { batch, attempt: tools.attempt })
  const budget = new ByteBudget(HELD_BYTES)
  const run = { migration, batch, baseline, tools, ledger, openings, earlier, uploads, budget }
  return { ...run, wantsMd5: false, all, bytes: { done: doneBytes(run) } }
}

/**
 * Takes over the uploads of an earlier attempt, with the parts that arrived. Where one object has several, the
 * last one is adopted. The others, which nobody would finish, are closed, else they would stay for ever.
 */
async function adoptUploads(
  { migration, batch, ledger, earlier }: Pick<BatchRun, 'migration' | 'batch' | 'ledger' | 'earlier'>,
  { signal, resumeFrom }: RunTools<CopyCheckpoint>,
): Promise<Map<number, LiveUpload>> {
  const recorded = [...recordedUploads({ batch, openings: earlier }), ...uploadsIn(resumeFrom, batch)]
  const adopted = new Map<number, Upload>()
  for (const upload of recorded) {
    const i = batch.targets.indexOf(upload.key)
    if (!ledger.entries.has(i)) adopted.set(i, upload)
  }
  const ids = new Set([...adopted.values()].map(({ id }) => id))
  const others = recorded.filter(({ id }) => !ids.has(id))
  await closeUploads(migration.destination, others, signal)
  const live = new Map<number, LiveUpload>()
  for (const [i, upload] of adopted) {
    const parts = await usableParts({ migration, batch }, { i, upload }, signal)
    if (parts) live.set(i, { id: upload.id, parts })
  }
  return live
}

/** Null when the upload has gone meanwhile. A part of another size than planned is copied again. */
async function usableParts(
  { migration, batch }: Pick<BatchRun, 'migration' | 'batch'>,
  { i, upload }: { i: number; upload: Upload },
  signal: AbortSignal,
): Promise<Map<number, string> | null> {
  const arrived = await arrivedParts(migration.destination, upload, signal)
  if (!arrived) return null
  const parts = partsOf(batch.objects[i]!.size, migration.transfer)
  const usable = arrived.filter(({ number, size }) => parts[number - 1]?.size === size)
  return new Map(usable.map(({ number, etag }) => [number, etag]))
}

function doneBytes({
  migration,
  batch,
  ledger,
  uploads,
}: Omit<BatchRun, 'all' | 'bytes' | 'wantsMd5'>): number {
  const whole = [...ledger.entries.keys()].reduce((sum, i) => sum + batch.objects[i]!.size, 0)
  const finished = [...uploads].flatMap(([i, { parts }]) =>
    partsOf(batch.objects[i]!.size, migration.transfer).filter(({ number }) => parts.has(number)),
  )
  return finished.reduce((sum, { size }) => sum + size, whole)
}
