import { defineStep } from '#sdk/index.ts'
import { type DeleteCheckpoint, type DeleteResult, deleteBatches } from './delete/delete-batches.ts'
import { deployedConnections } from './store/connections.ts'

/** Deletes what was verified, object by object, when the source is not to remain. */
export const handler = defineStep<unknown, DeleteResult, DeleteCheckpoint>({
  name: 'delete-source',
  abortable: 'checkpoint',
  irreversible: 'objects deleted from the source stay deleted; they are whole at the destination',
  run: (_input, tools) => deleteBatches(deployedConnections(), tools),
})
