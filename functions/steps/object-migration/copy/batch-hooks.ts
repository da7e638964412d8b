import { withNamedErrors } from '../batch/named-errors.ts'
import type { Connections } from '../store/connections.ts'
import { ownUploads } from './baseline.ts'
import { closeUploads } from './close-uploads.ts'
import { beginHook, type CopyHookTools, type HookRun } from './hook-run.ts'
import { removeCreated } from './remove-created.ts'

/** How often the uploads are listed at most: a call that was in flight may still create one. */
const ROUNDS = 5

/** The `abort` hook: closes all uploads of the batch. Copied objects stay, unless the abort rolls back. */
export function abortBatch(connections: Connections, tools: CopyHookTools): Promise<void> {
  return withNamedErrors(tools.signal, async () => {
    const run = await beginHook(connections, tools)
    if (!run) return
    await closeAll(run)
    if (tools.rollback) await removeCreated(run)
  })
}

/** The `revert` hook: removes what this job created, and nothing else. */
export function revertBatch(connections: Connections, tools: CopyHookTools): Promise<void> {
  return withNamedErrors(tools.signal, async () => {
    const run = await beginHook(connections, tools)
    if (run) await removeCreated(run)
  })
}

/** Closes the uploads that the checkpoint has, then what the store still lists, until it lists none. */
async function closeAll(run: HookRun): Promise<void> {
  const { migration, batch, tools } = run
  const recorded = tools.checkpoint?.uploads ?? []
  let open = recorded.map(({ i, upload_id }) => ({ key: batch.targets[i]!, id: upload_id }))
  for (let round = 0; round < ROUNDS; round += 1) {
    await closeUploads(migration.destination, open, tools.signal)
    open = await ownUploads(migration, run, tools.signal)
    if (open.length === 0) return
  }
  const names = open.slice(0, 3).map(({ key, id }) => `${key} (${id})`)
  throw new Error(`${open.length} multipart uploads are still open: ${names.join(', ')}`)
}
