import type { RunTools } from '#sdk/index.ts'
import type { Summary } from '../batch/batch.ts'
import { withNamedErrors } from '../batch/named-errors.ts'
import type { Connections } from '../store/connections.ts'
import { paths } from '../store/job-folder.ts'
import { type Migration, openMigration } from '../store/migration.ts'
import { type DeletedBatch, deleteBatch, type RetainedObject } from './delete-batch.ts'

export type DeleteResult = { deleted: number; kept: number; examples: RetainedObject[] }

/** `batch` is the next one. One that was cut off is repeated: it finds what it had deleted gone, and counts it. */
export type DeleteCheckpoint = DeleteResult & { batch: number }

type Tools = RunTools<DeleteCheckpoint>

/** The step's result has this many retained objects, and this much of each key; `deleted/` has all. */
const MAX_EXAMPLES = 20
const MAX_TEXT = 200

/** Deletes at the source what was verified; with `remain_source` nothing. */
export function deleteBatches(connections: Connections, tools: Tools): Promise<DeleteResult> {
  return withNamedErrors(tools.signal, async () => {
    const migration = openMigration(connections, tools.job)
    if (migration.options.remainSource) return { deleted: 0, kept: 0, examples: [] }
    const summary = await migration.folder.read<Summary>(paths.summary, tools.signal)
    const { batch: _batch, ...result } = await deleteAll(migration, summary, tools)
    return result
  })
}

async function deleteAll(migration: Migration, summary: Summary, tools: Tools): Promise<DeleteCheckpoint> {
  let soFar: DeleteCheckpoint = tools.resumeFrom ?? { batch: 0, deleted: 0, kept: 0, examples: [] }
  for (let batch = soFar.batch; batch < summary.batches.length; batch += 1) {
    let checked = 0
    const safePoint = async () => {
      checked += 1
      const done = soFar.deleted + soFar.kept + checked
      tools.progress({ done, total: summary.objects, unit: 'objects' })
      await tools.checkpoint(soFar)
      await tools.pointOfNoReturn()
    }
    const outcome = await deleteBatch(migration, batch, { signal: tools.signal, safePoint })
    soFar = added(soFar, outcome)
    await tools.checkpoint(soFar)
  }
  return soFar
}

function added(soFar: DeleteCheckpoint, outcome: DeletedBatch): DeleteCheckpoint {
  const examples = outcome.kept.map(({ key, reason }) => ({ key: key.slice(0, MAX_TEXT), reason }))
  return {
    batch: soFar.batch + 1,
    deleted: soFar.deleted + outcome.deleted,
    kept: soFar.kept + outcome.kept.length,
    examples: [...soFar.examples, ...examples].slice(0, MAX_EXAMPLES),
  }
}
