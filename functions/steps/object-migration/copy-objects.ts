import { defineStep } from '#sdk/index.ts'
import type { BatchInput } from './batch/amount.ts'
import { abortBatch, revertBatch } from './copy/batch-hooks.ts'
import type { CopyCheckpoint } from './copy/batch-run.ts'
import { type CopyResult, copyBatch } from './copy/copy-batch.ts'
import { deployedConnections } from './store/connections.ts'

/** Copies one batch: the Map's item is the batch's number. */
export const handler = defineStep<BatchInput, CopyResult, CopyCheckpoint>({
  name: 'copy-objects',
  abortable: 'checkpoint',
  run: (input, tools) => copyBatch(deployedConnections(), input, tools),
  abort: (tools) => abortBatch(deployedConnections(), tools),
  revert: (tools) => revertBatch(deployedConnections(), tools),
})
