import type { JobInfo, RunTools } from '#sdk/index.ts'
import type { Summary } from '../batch/batch.ts'
import { withNamedErrors } from '../batch/named-errors.ts'
import type { Connections } from '../store/connections.ts'
import { MIGRATION_ERRORS } from '../store/errors.ts'
import { paths } from '../store/job-folder.ts'
import { type Migration, openMigration } from '../store/migration.ts'
import { type Failure, type Methods, noMethods, type VerifiedBatch, verifyBatch } from './verify-batch.ts'

export type VerifyResult = { verified: number; failed: number; methods: Methods; failures: Failure[] }

/** `batch` is the next one to verify. */
export type VerifyCheckpoint = VerifyResult & { batch: number }

type Tools = RunTools<VerifyCheckpoint>

/** The step's result has this many failures, and this much of each key and reason; `failures.json` has all. */
const MAX_EXAMPLES = 20
const MAX_TEXT = 200

/** Objects are missing or differ at the destination. A repeat would find the same: not to be retried. */
export class VerificationFailed extends Error {
  override readonly name = MIGRATION_ERRORS.VerificationFailed
}

/**
 * Compares every listed object with its copy. A single failure fails the job, but only when all failures are
 * written down: then they are not hidden behind a success, and `delete-source` never runs.
 */
export function verifyBatches(connections: Connections, tools: Tools): Promise<VerifyResult> {
  return withNamedErrors(tools.signal, async () => {
    const migration = openMigration(connections, tools.job)
    const summary = await migration.folder.read<Summary>(paths.summary, tools.signal)
    const { batch: _batch, ...result } = await verifyAll(migration, summary, tools)
    const failures = result.failed === 0 ? [] : await allFailures(migration, summary, tools)
    await migration.folder.write(paths.failures, failures, tools.signal)
    if (result.failed > 0) throw new VerificationFailed(failureText(result, tools.job))
    return result
  })
}

const failureText = ({ failed, verified, failures }: VerifyResult, job: JobInfo): string =>
  `${failed} of ${failed + verified} objects are not whole at the destination, such as ` +
  `${failures[0]?.key} (${failures[0]?.reason}): see jobs/${job.job_execution_id}/failures.json in the work bucket`

async function verifyAll(migration: Migration, summary: Summary, tools: Tools): Promise<VerifyCheckpoint> {
  const nothing = { batch: 0, verified: 0, failed: 0, methods: noMethods(), failures: [] }
  let soFar: VerifyCheckpoint = tools.resumeFrom ?? nothing
  for (let batch = soFar.batch; batch < summary.batches.length; batch += 1) {
    let compared = 0
    const safePoint = async () => {
      compared += 1
      const done = soFar.verified + soFar.failed + compared
      tools.progress({ done, total: summary.objects, unit: 'objects' })
      await tools.checkpoint(soFar)
    }
    const outcome = await verifyBatch(migration, batch, { signal: tools.signal, safePoint })
    soFar = added(soFar, outcome)
    await tools.checkpoint(soFar)
  }
  return soFar
}

function added(soFar: VerifyCheckpoint, outcome: VerifiedBatch): VerifyCheckpoint {
  const methods = { ...soFar.methods }
  for (const [name, count] of Object.entries(outcome.methods)) methods[name as keyof Methods] += count
  const examples = outcome.failures.map(({ key, reason }) => ({
    key: key.slice(0, MAX_TEXT),
    reason: reason.slice(0, MAX_TEXT),
  }))
  return {
    batch: soFar.batch + 1,
    verified: soFar.verified + outcome.verified.length,
    failed: soFar.failed + outcome.failures.length,
    methods,
    failures: [...soFar.failures, ...examples].slice(0, MAX_EXAMPLES),
  }
}

async function allFailures({ folder }: Migration, { batches }: Summary, tools: Tools): Promise<Failure[]> {
  const failures: Failure[] = []
  for (const batch of batches) {
    const outcome = await folder.read<VerifiedBatch>(paths.verified(batch), tools.signal)
    failures.push(...outcome.failures)
    await tools.checkpoint()
  }
  return failures
}
