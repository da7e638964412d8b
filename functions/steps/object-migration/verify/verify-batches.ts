import type { RunTools } from '#sdk/index.ts'
import type { Summary } from '../batch/batch.ts'
import { attempt } from '../batch/named-errors.ts'
import type { Connections } from '../store/connections.ts'
import { MIGRATION_ERRORS } from '../store/errors.ts'
import { paths } from '../store/job-folder.ts'
import { type Migration, openMigration } from '../store/migration.ts'
import { type Failure, type Methods, noMethods, type VerifiedBatch, verifyBatch } from './verify-batch.ts'

export type VerifyResult = { verified: number; failed: number; methods: Methods; failures: Failure[] }

/** `batch` is the next one to look at. */
export type VerifyCheckpoint = VerifyResult & { batch: number }

const MAX_TOLD = 20
/** Of a failure's key and reason in the result; `failures.json` has them whole. */
const MAX_TEXT = 200

/** Objects are missing or differ at the destination. A repeat would find the same: not to be retried. */
export class VerificationFailed extends Error {
  override readonly name = MIGRATION_ERRORS.VerificationFailed
}

/**
 * Compares every listed object with its copy. With a single failure the job fails once all is written
 * down: the failures are not hidden behind a success, and `delete-source` never runs.
 */
export function verify(connections: Connections, tools: RunTools<VerifyCheckpoint>): Promise<VerifyResult> {
  return attempt(tools.signal, async () => {
    const migration = openMigration(connections, tools.job)
    const summary = await migration.folder.read<Summary>(paths.summary, tools.signal)
    const { batch: _batch, ...result } = await verifyAll(migration, summary, tools)
    await migration.folder.write(
      paths.failures,
      await allFailures(migration, summary, { result, tools }),
      tools.signal,
    )
    if (result.failed > 0) throw new VerificationFailed(told(result, tools))
    return result
  })
}

const told = ({ failed, verified, failures }: VerifyResult, { job }: RunTools<VerifyCheckpoint>): string =>
  `${failed} of ${failed + verified} objects are not whole at the destination, such as ` +
  `${failures[0]?.key} (${failures[0]?.reason}): see jobs/${job.job_execution_id}/failures.json in the work bucket`

async function verifyAll(migration: Migration, summary: Summary, tools: RunTools<VerifyCheckpoint>) {
  const nothing = { batch: 0, verified: 0, failed: 0, methods: noMethods(), failures: [] }
  let sofar: VerifyCheckpoint = tools.resumeFrom ?? nothing
  for (let batch = sofar.batch; batch < summary.batches.length; batch += 1) {
    let looked = 0
    const safePoint = async () => {
      looked += 1
      const done = sofar.verified + sofar.failed + looked
      tools.progress({ done, total: summary.objects, unit: 'objects' })
      await tools.checkpoint(sofar)
    }
    sofar = added(sofar, await verifyBatch(migration, batch, { signal: tools.signal, safePoint }))
    await tools.checkpoint(sofar)
  }
  return sofar
}

function added(sofar: VerifyCheckpoint, one: VerifiedBatch): VerifyCheckpoint {
  const methods = { ...sofar.methods }
  for (const [name, count] of Object.entries(one.methods)) methods[name as keyof Methods] += count
  const short = one.failures.map(({ key, reason }) => ({
    key: key.slice(0, MAX_TEXT),
    reason: reason.slice(0, MAX_TEXT),
  }))
  return {
    batch: sofar.batch + 1,
    verified: sofar.verified + one.verified.length,
    failed: sofar.failed + one.failures.length,
    methods,
    failures: [...sofar.failures, ...short].slice(0, MAX_TOLD),
  }
}

type Of = { result: VerifyResult; tools: RunTools<VerifyCheckpoint> }

async function allFailures({ folder }: Migration, { batches }: Summary, { result, tools }: Of) {
  if (result.failed === 0) return []
  const failures: Failure[] = []
  for (const batch of batches) {
    const outcome = await folder.read<VerifiedBatch>(paths.verified(batch), tools.signal)
    failures.push(...outcome.failures)
    await tools.checkpoint()
  }
  return failures
}
