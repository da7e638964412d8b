import type { HookTools } from '#sdk/index.ts'
import { findBatch, type Summary } from '../batch/batch.ts'
import { withNamedErrors } from '../batch/named-errors.ts'
import type { Entry } from '../copy/ledger.ts'
import type { Connections } from '../store/connections.ts'
import { paths } from '../store/job-folder.ts'
import { type Migration, openMigration } from '../store/migration.ts'
import { writeBatchReport } from './batch-report.ts'
import { writeReport } from './report.ts'

/** The `abort` hook of steps that leave nothing half done: all that it does is tell how far the batch came. */
export function reportInterrupted(
  connections: Connections,
  { job, index, signal }: Pick<HookTools<never, never>, 'job' | 'index' | 'signal'>,
): Promise<void> {
  return withNamedErrors(signal, async () => {
    await reportAsFarAs(openMigration(connections, job), { number: Number(index) }, signal)
  })
}

/**
 * Tells what became of the objects of a batch that was cut off, and of the whole job as far as it came. Hooks of
 * several batches may do so at the same time: each sums up after its own batch is written, and once more where
 * another wrote meanwhile, so that the last one has all.
 */
export async function reportAsFarAs(
  migration: Migration,
  { number, entries }: { number: number; entries?: Entry[] },
  signal: AbortSignal,
): Promise<void> {
  const batch = await findBatch(migration, number, signal)
  const summary = await migration.folder.find<Summary>(paths.summary, signal)
  if (!batch || !summary) return
  await writeBatchReport(migration, { batch, ...(entries ? { entries } : {}) }, signal)
  const look = async () => signal.throwIfAborted()
  let written = ''
  for (;;) {
    const sum = JSON.stringify(await writeReport(migration, look, signal))
    if (sum === written) return
    written = sum
  }
}
