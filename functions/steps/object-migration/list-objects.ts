import { defineStep } from '#sdk/index.ts'
import type { Summary } from './batch/batch.ts'
import type { ListCheckpoint } from './list/close-batch.ts'
import { listPages, removeManifests } from './list/list-pages.ts'
import { deployedConnections } from './store/connections.ts'

/** Pages through the source and writes the batches that `copy-objects` maps over. */
export const handler = defineStep<unknown, Summary, ListCheckpoint>({
  name: 'list-objects',
  abortable: 'checkpoint',
  run: (_input, tools) => listPages(deployedConnections(), tools),
  abort: (tools) => removeManifests(deployedConnections(), tools),
  revert: (tools) => removeManifests(deployedConnections(), tools),
})
