import { defineStep } from '#sdk/index.ts'
import { deployedSurroundings } from './playbook/deployed.ts'
import type { PlaybookInput } from './playbook/playbook.ts'
import { type PlaybookCheckpoint, type PlaybookResult, runPlaybook } from './playbook/run-playbook.ts'
import { stopPlaybook } from './playbook/stop-playbook.ts'

/** Runs one pass of a playbook: the Map's item is the playbook. */
export const handler = defineStep<PlaybookInput, PlaybookResult, PlaybookCheckpoint>({
  name: 'run-playbook',
  abortable: 'boundary',
  irreversible: 'what a playbook changed on its targets stays changed',
  run: (input, tools) => runPlaybook(deployedSurroundings(), input, tools),
  abort: (tools) => stopPlaybook(deployedSurroundings(), tools),
})
