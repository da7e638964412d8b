import type { RunTools } from '#sdk/index.ts'
import type { Summary } from '../batch/batch.ts'
import { attempt } from '../batch/named-errors.ts'
import type { Connections } from '../store/connections.ts'
import { paths } from '../store/job-folder.ts'
import { type Migration, openMigration } from '../store/migration.ts'
import { deleteBatch, type Kept } from './delete-batch.ts'

export type DeleteResult = { deleted: number; kept: number; examples: Kept[] }

/** `batch` is the next one; a batch cut off is gone through again, and finds what it deleted gone. */
export type DeleteCheckpoint = DeleteResult & { batch: number }

const MAX_TOLD = 20
const MAX_TEXT = 200

/** Deletes at the source what was verified; with `remain_source` nothing. */
export function deleteSource(
  connections: Connections,
  tools: RunTools<DeleteCheckpoint>,
): Promise<DeleteResult> {
  return attempt(tools.signal, async () => {
    const migration = openMigration(connections, tools.job)
    if (migration.options.remainSource) return { deleted: 0, kept: 0, examples: [] }
    const summary = await migration.folder.read<Summary>(paths.summary, tools.signal)
    const { batch: _batch, ...result } = await deleteAll(migration, summary, tools)
    return result
  })
}

async function deleteAll(migration: Migration, summary: Summary, tools: RunTools<DeleteCheckpoint>) {
  let sofar: DeleteCheckpoint = tools.resumeFrom ?? { batch: 0, deleted: 0, kept: 0, examples: [] }
  for (let batch = sofar.batch; batch < summary.batches.length; batch += 1) {
    let looked = 0
    const safePoint = async () => {
      looked += 1
      const done = sofar.deleted + sofar.kept + looked
      tools.progress({ done, total: summary.objects, unit: 'objects' })
      await tools.checkpoint(sofar)
      await tools.pointOfNoReturn()
    }
    const one = await deleteBatch(migration, batch, { signal: tools.signal, safePoint })
    const short = one.kept.map(({ key, reason }) => ({ key: key.slice(0, MAX_TEXT), reason }))
    sofar = {
      batch: batch + 1,
      deleted: sofar.deleted + one.deleted,
      kept: sofar.kept + one.kept.length,
      examples: [...sofar.examples, ...short].slice(0, MAX_TOLD),
    }
    await tools.checkpoint(sofar)
  }
  return sofar
}
