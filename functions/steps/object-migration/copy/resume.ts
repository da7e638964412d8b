import type { RunTools } from '#sdk/index.ts'
import type { Batch } from '../batch/batch.ts'
import { paths } from '../store/job-folder.ts'
import type { Migration } from '../store/migration.ts'
import { makePlan, ownUploads, type Plan } from './baseline.ts'
import type { BatchRun, CopyCheckpoint, LiveUpload } from './batch-run.ts'
import { ByteBudget } from './byte-budget.ts'
import { closeUploads } from './close-uploads.ts'
import { Ledger, readEntries } from './ledger.ts'
import { partsOf } from './parts.ts'
import { arrivedParts, type Upload } from './uploads.ts'

/** Bytes of parts on their way between two stores. */
const HELD_BYTES = 64 * 1024 ** 2

/** An attempt at a batch, with all that an earlier one left. */
export async function beginBatch(
  migration: Migration,
  batch: Batch,
  tools: RunTools<CopyCheckpoint>,
): Promise<BatchRun> {
  const { plan, isNew } = await makePlan(migration, batch, tools.signal)
  const save = (name: string, entries: unknown) =>
    migration.folder.write(paths.chunk(batch.number, name), entries, tools.signal)
  const ledger = new Ledger(tools.attempt, save)
  const state = tools.resumeFrom
  if (state) {
    ledger.restore(state, await readEntries(migration, { batch: batch.number, state }, tools.signal))
  }
  const uploads = isNew ? new Map() : await adopt({ migration, batch, ledger }, plan, tools)
  const total = batch.objects.reduce((sum, { size }) => sum + size, 0)
  const run = { migration, batch, plan, tools, ledger, uploads, budget: new ByteBudget(HELD_BYTES) }
  return { ...run, bytes: { done: doneBytes(run), total } }
}

/**
 * The uploads of an earlier attempt, with the parts that arrived. Of two for one object the recorded one
 * is kept; what nobody will finish is aborted, else it would stay for ever.
 */
async function adopt(
  { migration, batch, ledger }: Pick<BatchRun, 'migration' | 'batch' | 'ledger'>,
  plan: Plan,
  { signal, resumeFrom }: RunTools<CopyCheckpoint>,
): Promise<Map<number, LiveUpload>> {
  const recorded = new Set(resumeFrom?.uploads.map((upload) => upload.upload_id))
  const found = await ownUploads(migration, { batch, plan }, signal)
  const kept = new Map<number, Upload>()
  for (const upload of found.sort((a, b) => Number(recorded.has(a.id)) - Number(recorded.has(b.id)))) {
    const i = batch.targets.indexOf(upload.key)
    if (!ledger.entries.has(i)) kept.set(i, upload)
  }
  const keep = new Set([...kept.values()].map(({ id }) => id))
  await closeUploads(
    migration.destination,
    found.filter(({ id }) => !keep.has(id)),
    signal,
  )
  const live = new Map<number, LiveUpload>()
  for (const [i, upload] of kept) {
    const parts = await usableParts({ migration, batch }, { i, upload }, signal)
    if (parts) live.set(i, { id: upload.id, parts })
  }
  return live
}

/** Null when the upload has gone meanwhile; a part of another size than planned is copied again. */
async function usableParts(
  { migration, batch }: Pick<BatchRun, 'migration' | 'batch'>,
  { i, upload }: { i: number; upload: Upload },
  signal: AbortSignal,
): Promise<Map<number, string> | null> {
  const arrived = await arrivedParts(migration.destination, upload, signal)
  if (!arrived) return null
  const parts = partsOf(batch.objects[i]!.size, migration.transfer)
  const right = arrived.filter(({ number, size }) => parts[number - 1]?.size === size)
  return new Map(right.map(({ number, etag }) => [number, etag]))
}

function doneBytes({ migration, batch, ledger, uploads }: Omit<BatchRun, 'bytes'>): number {
  const whole = [...ledger.entries.keys()].reduce((sum, i) => sum + batch.objects[i]!.size, 0)
  const open = [...uploads].flatMap(([i, { parts }]) =>
    partsOf(batch.objects[i]!.size, migration.transfer)
      .filter(({ number }) => parts.has(number))
      .map(({ size }) => size),
  )
  return open.reduce((sum, size) => sum + size, whole)
}
