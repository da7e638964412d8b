import { defineStep } from '#sdk/index.ts'
import type { BatchInput } from './batch/amount.ts'
import { type DeleteCheckpoint, type DeleteResult, deleteBatch } from './delete/delete-batch.ts'
import { reportInterrupted } from './report/interrupted.ts'
import { deployedConnections } from './store/connections.ts'

/** Deletes what was verified of one batch, object by object, when the source is not to remain. */
export const handler = defineStep<BatchInput, DeleteResult, DeleteCheckpoint>({
  name: 'delete-source',
  abortable: 'checkpoint',
  irreversible: 'objects deleted from the source stay deleted; they are whole at the destination',
  run: (input, tools) => deleteBatch(deployedConnections(), input, tools),
  abort: (tools) => reportInterrupted(deployedConnections(), tools),
})
