import { withNamedErrors } from '../batch/named-errors.ts'
import type { Connections } from '../store/connections.ts'
import { uploadsIn } from './batch-run.ts'
import { closeOwnUploads } from './close-own.ts'
import { beginHook, type CopyHookTools, type HookRun } from './hook-run.ts'
import { readOpenings } from './openings.ts'
import { removeCreated } from './remove-created.ts'

/** The `abort` hook: closes all uploads of the batch. Copied objects stay, unless the abort rolls back. */
export function abortBatch(connections: Connections, tools: CopyHookTools): Promise<void> {
  return withNamedErrors(tools.signal, async () => {
    const run = await beginHook(connections, tools)
    if (!run) return
    await inTurn([() => closeAll(run), ...(tools.rollback ? [() => removeCreated(run)] : [])])
  })
}

/** The `revert` hook: removes what this job created, and nothing else. */
export function revertBatch(connections: Connections, tools: CopyHookTools): Promise<void> {
  return withNamedErrors(tools.signal, async () => {
    const run = await beginHook(connections, tools)
    if (run) await removeCreated(run)
  })
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
