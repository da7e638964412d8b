import { defineStep } from '#sdk/index.ts'
import type { Summary } from './batch/batch.ts'
import { type ListCheckpoint, listObjects, removeManifests } from './list/list-pages.ts'
import { deployedWorld } from './store/migration.ts'

/** Pages through the source and writes the batches that `copy-objects` maps over. */
export const handler = defineStep<unknown, Summary, ListCheckpoint>({
  name: 'list-objects',
  abortable: 'checkpoint',
  run: (_input, tools) => listObjects(deployedWorld(), tools),
  abort: (tools) => removeManifests(deployedWorld(), tools),
  revert: (tools) => removeManifests(deployedWorld(), tools),
})
