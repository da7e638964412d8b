import { abortBatch, revertBatch } from '#functions/steps/object-migration/copy/batch-hooks.ts'
import { type CopyResult, copyBatch } from '#functions/steps/object-migration/copy/copy-batch.ts'
import { deleteBatches } from '#functions/steps/object-migration/delete/delete-batches.ts'
import { listPages } from '#functions/steps/object-migration/list/list-pages.ts'
import { verifyBatches } from '#functions/steps/object-migration/verify/verify-batches.ts'
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
  return {
    job,
    list: (settings: RunSettings = {}) => listPages(connections, runTools(job, settings)),
    copy,
    verify: (settings: RunSettings = {}) => verifyBatches(connections, runTools(job, settings)),
    deleteSource: (settings: RunSettings = {}) => deleteBatches(connections, runTools(job, settings)),
    abort: (item: number, settings: HookSettings = {}) =>
      abortBatch(connections, hookTools(job, item, settings)),
    revert: (item: number, settings: HookSettings = {}) =>
      revertBatch(connections, hookTools(job, item, settings)),
    async copyAll() {
      const { batches } = await listPages(connections, runTools(job, {}))
      for (const batch of batches) await copy(batch)
      return batches
    },
  }
}

export type MigrationJob = ReturnType<typeof startJob>
