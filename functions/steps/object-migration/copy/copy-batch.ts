import type { RunTools } from '#sdk/index.ts'
import type { BatchInput } from '../batch/amount.ts'
import { type BatchObject, readBatch } from '../batch/batch.ts'
import { eachObject } from '../batch/each-object.ts'
import { withNamedErrors } from '../batch/named-errors.ts'
import { storesAnswer } from '../store/answers.ts'
import type { Connections } from '../store/connections.ts'
import type { ObjectFault } from '../store/faults.ts'
import { paths } from '../store/job-folder.ts'
import { openMigration } from '../store/migration.ts'
import { type BatchRun, type CopyCheckpoint, safePoint } from './batch-run.ts'
import { closeOwnUploads } from './close-own.ts'
import { copyObject, giveUp } from './copy-object.ts'
import type { Entry } from './ledger.ts'
import { explained } from './listed-otherwise.ts'
import type { LeftUpload } from './own-uploads.ts'
import { beginBatch } from './resume.ts'

export type CopyResult = { objects: number; bytes: number; failed: number }

/** `results/<batch>.json`: what became of each object, by its place in the manifest. */
export type BatchResult = CopyResult & {
  entries: Entry[]
  failures: CopyFailure[]
  left_open?: LeftUpload[]
}
export type CopyFailure = { key: string } & ObjectFault

/** Copies the objects of one batch. The Map's item is the batch's number. */
export function copyBatch(
  connections: Connections,
  { item, all }: BatchInput,
  tools: RunTools<CopyCheckpoint>,
): Promise<CopyResult> {
  return withNamedErrors(tools.signal, async () => {
    const migration = openMigration(connections, tools.job)
    const batch = await readBatch(migration, item, tools.signal)
    const run = await beginBatch(migration, { batch, all }, tools)
    await copyPending(run)
    return finish(run)
  })
}

function copyPending(run: BatchRun): Promise<void> {
  const { migration, ledger, tools } = run
  return eachObject(pending(run), {
    limit: migration.options.concurrency,
    signal: tools.signal,
    pauses: migration.pauses,
    attempt: tools.attempt,
    doneBefore: ledger.entries.size,
    work: (object, signal) => copyObject(run, object, signal),
    giveUp: async (object, given, signal) => {
      const fault = await explained(migration.source, { listed: object.listed, fault: given }, signal)
      await giveUp(run, { object, fault }, signal)
    },
    storesAnswer: (signal) => storesAnswer(migration, signal),
    safePoint: () => safePoint(run),
  })
}

/** Objects with an open upload come first, so that there are never more uploads than objects at once. */
function pending({ batch, ledger, uploads }: BatchRun): BatchObject[] {
  return batch.objects
    .map((listed, i) => ({ i, listed, target: batch.targets[i]! }))
    .filter(({ i }) => !ledger.entries.has(i))
    .sort((a, b) => Number(uploads.has(b.i)) - Number(uploads.has(a.i)))
}

async function finish(run: BatchRun): Promise<CopyResult> {
  const { migration, batch, ledger, tools } = run
  // what is still on record lost its answer; the SDK repeated the call, and the first upload is still open
  const openings = [...run.earlier.filter(({ lost }) => lost > 0), ...run.openings.open.values()]
  const left_open = await closeOwnUploads({ migration, batch, openings }, [], tools.signal)
  const entries = [...ledger.entries.values()].sort(([a], [b]) => a - b)
  const failures = entries.flatMap(([i, etag, reason, message]) =>
    etag === null ? [{ key: batch.objects[i]!.key, reason: reason!, message: message! }] : [],
  )
  const copied = entries.filter(([, etag]) => etag !== null)
  const bytes = copied.reduce((sum, [i]) => sum + batch.objects[i]!.size, 0)
  const result = { objects: copied.length, bytes, failed: failures.length }
  const report: BatchResult = { ...result, entries, failures, ...(left_open.length > 0 && { left_open }) }
  await migration.folder.write(paths.result(batch.number), report, tools.signal)
  return result
}
