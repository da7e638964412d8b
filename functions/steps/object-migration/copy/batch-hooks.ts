import { withNamedErrors } from '../batch/named-errors.ts'
import { writeBatchReport } from '../report/batch-report.ts'
import { reportAsFarAs } from '../report/interrupted.ts'
import type { Connections } from '../store/connections.ts'
import { uploadsIn } from './batch-run.ts'
import { closeOwnUploads } from './close-own.ts'
import { beginHook, type CopyHookTools, type HookRun } from './hook-run.ts'
import { readOpenings } from './openings.ts'
import { recordedEntries, removeCreated } from './remove-created.ts'

/** The `abort` hook: closes all uploads of the batch. Copied objects stay, unless the abort rolls back. */
export function abortBatch(connections: Connections, tools: CopyHookTools): Promise<void> {
  return withNamedErrors(tools.signal, async () => {
    const run = await beginHook(connections, tools)
    if (!run) return
    const remove = tools.rollback ? [() => removeCreated(run)] : []
    await inTurn([() => closeAll(run), ...remove, () => report(run)])
  })
}

/** The `revert` hook: removes what this job created, and nothing else. */
export function revertBatch(connections: Connections, tools: CopyHookTools): Promise<void> {
  return withNamedErrors(tools.signal, async () => {
    const run = await beginHook(connections, tools)
    if (!run) return
    await removeCreated(run)
    await writeBatchReport(run.migration, { batch: run.batch }, tools.signal)
  })
}

async function report(run: HookRun): Promise<void> {
  const { migration, batch, tools } = run
  await reportAsFarAs(migration, { number: batch.number, entries: await recordedEntries(run) }, tools.signal)
}

async function closeAll({ migration, batch, tools }: HookRun): Promise<void> {
  const openings = await readOpenings(migration, batch.number, tools.signal)
  await closeOwnUploads({ migration, batch, openings }, uploadsIn(tools.checkpoint, batch), tools.signal)
}

/** Does all of it, and then throws the first error: what fails keeps nothing else from being cleaned up. */
async function inTurn(works: (() => Promise<void>)[]): Promise<void> {
  const failures: unknown[] = []
  for (const work of works) await work().catch((error) => failures.push(error))
  if (failures.length > 0) throw failures[0]
}
