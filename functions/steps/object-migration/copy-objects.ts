import { defineStep } from '#sdk/index.ts'
import { abortBatch, revertBatch } from './copy/batch-hooks.ts'
import type { CopyCheckpoint } from './copy/batch-run.ts'
import { type CopyInput, type CopyResult, copyBatch } from './copy/copy-batch.ts'
import { deployedWorld } from './store/migration.ts'

/** Copies one batch: the Map's item is the batch's number. */
export const handler = defineStep<CopyInput, CopyResult, CopyCheckpoint>({
  name: 'copy-objects',
  abortable: 'checkpoint',
  run: (input, tools) => copyBatch(deployedWorld(), input, tools),
  abort: (tools) => abortBatch(deployedWorld(), tools),
  revert: (tools) => revertBatch(deployedWorld(), tools),
})
