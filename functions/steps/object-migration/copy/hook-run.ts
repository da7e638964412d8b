import type { HookTools } from '#sdk/index.ts'
import { type Batch, findBatch } from '../batch/batch.ts'
import type { Connections } from '../store/connections.ts'
import { type Migration, openMigration } from '../store/migration.ts'
import { type Baseline, findBaseline } from './baseline.ts'
import type { CopyCheckpoint } from './batch-run.ts'
import type { CopyResult } from './copy-batch.ts'

export type CopyHookTools = HookTools<CopyCheckpoint, CopyResult>

/** One run of a hook for one batch. */
export type HookRun = { migration: Migration; batch: Batch; baseline: Baseline; tools: CopyHookTools }

/** Null where the batch has no baseline: then it had written nothing yet. */
export async function beginHook(connections: Connections, tools: CopyHookTools): Promise<HookRun | null> {
  const migration = openMigration(connections, tools.job)
  const number = Number(tools.index)
  const batch = await findBatch(migration, number, tools.signal)
  const baseline = await findBaseline(migration, number, tools.signal)
  return batch && baseline && { migration, batch, baseline, tools }
}
