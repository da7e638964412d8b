import type { NextPass } from '#functions/steps/fabric/playbook/playbook.ts'
import { runPlaybook } from '#functions/steps/fabric/playbook/run-playbook.ts'
import { stopPlaybook } from '#functions/steps/fabric/playbook/stop-playbook.ts'
import type { FabricPlaybook } from '#functions/steps/fabric/template.ts'
import { type HookSettings, hookTools, type RunSettings, runTools } from '../object-migration/tools.ts'
import type { FakeCommands } from './fake-commands.ts'

const PLAYBOOK: FabricPlaybook = {
  name: 'leafs',
  document: 'AWS-RunShellScript',
  parameters: { commands: ['echo configured'] },
  targets: ['i-00000001'],
}

/** A job of one playbook, by the step and the hook alone. */
export function fabricJob(commands: FakeCommands, more: Partial<FabricPlaybook> = {}) {
  const { clock } = commands
  const item = { ...PLAYBOOK, ...more }
  const job = {
    job_execution_id: crypto.randomUUID(),
    template: 'fabric',
    execution_arn: 'arn',
    created_at: new Date(clock.now()).toISOString(),
    input: { playbooks: [item] },
  }
  return {
    run: (settings: RunSettings = {}, pass?: NextPass) => {
      const input = { index: 0, item, ...(pass ? { pass } : {}) }
      return runPlaybook({ commands, clock }, input, { ...runTools(job, settings), index: 0 })
    },
    abort: (settings: HookSettings = {}) => stopPlaybook({ commands, clock }, hookTools(job, 0, settings)),
  }
}
