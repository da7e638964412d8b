import type { Summary } from '#functions/steps/object-migration/batch/batch.ts'
import { abortBatch, revertBatch } from '#functions/steps/object-migration/copy/batch-hooks.ts'
import { type CopyResult, copyBatch } from '#functions/steps/object-migration/copy/copy-batch.ts'
import { type DeleteResult, deleteBatch } from '#functions/steps/object-migration/delete/delete-batch.ts'
import { listPages, removeManifests } from '#functions/steps/object-migration/list/list-pages.ts'
import { reportInterrupted } from '#functions/steps/object-migration/report/interrupted.ts'
import { reportJob } from '#functions/steps/object-migration/report/report.ts'
import type { ReportResult } from '#functions/steps/object-migration/report/result.ts'
import { JobFolder, paths } from '#functions/steps/object-migration/store/job-folder.ts'
import { verifyBatch } from '#functions/steps/object-migration/verify/verify-batch.ts'
import type { VerifyResult } from '#functions/steps/object-migration/verify/verify-run.ts'
import type { Stores } from './stores.ts'
import { type HookSettings, hookTools, type RunSettings, runTools } from './tools.ts'

/** One job on `stores`; `more` is added to its input. Each call runs a step or a hook, without the product around it. */
export function startJob({ connections, input }: Pick<Stores, 'connections' | 'input'>, more: object = {}) {
  const job = {
    job_execution_id: crypto.randomUUID(),
    template: 'object-migration',
    execution_arn: 'arn',
    created_at: new Date().toISOString(),
    input: { ...input, part_size_mib: 5, multipart_threshold_mib: 8, ...more },
  }
  const copy = (item: number, settings: RunSettings = {}): Promise<CopyResult> =>
    copyBatch(connections, { item }, runTools(job, settings))
  const verify = (item: number, settings: RunSettings = {}): Promise<VerifyResult> =>
    verifyBatch(connections, { item }, runTools(job, settings))
  const deleteSource = (item: number, settings: RunSettings = {}): Promise<DeleteResult> =>
    deleteBatch(connections, { item }, runTools(job, settings))
  const report = (settings: RunSettings = {}): Promise<ReportResult> =>
    reportJob(connections, runTools(job, settings))
  const folder = new JobFolder(connections.work, job.job_execution_id)
  return {
    job,
    list: (settings: RunSettings = {}) => listPages(connections, runTools(job, settings)),
    abortListing: (settings: HookSettings = {}) =>
      removeManifests(connections, hookTools(job, null, settings)),
    copy,
    verify,
    report,
    deleteSource,
    reportInterrupted: (item: number) => reportInterrupted(connections, hookTools(job, item, {})),
    abort: (item: number, settings: HookSettings = {}) =>
      abortBatch(connections, hookTools(job, item, settings)),
    revert: (item: number, settings: HookSettings = {}) =>
      revertBatch(connections, hookTools(job, item, settings)),
    async copyAll() {
      const { batches } = await listPages(connections, runTools(job, {}))
      for (const batch of batches) await copy(batch)
      return batches
    },
    /** Verifies every batch and sums up, as the machine does. */
    async verifyAll() {
      for (const batch of await batchesOf(folder)) await verify(batch)
      return report()
    },
    async deleteAll() {
      for (const batch of await batchesOf(folder)) await deleteSource(batch)
      return report()
    },
  }
}

const batchesOf = async (folder: JobFolder): Promise<number[]> =>
  (await folder.read<Summary>(paths.summary, new AbortController().signal)).batches

export type MigrationJob = ReturnType<typeof startJob>
