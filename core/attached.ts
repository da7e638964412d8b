import type { Hook } from './clean-up/hook.ts'
import { definitionOf } from './definition.ts'
import type { AbortMode } from './job/job.ts'
import type { StepCall, Template } from './template.ts'

// A state machine that nobody changes: each execution of it is a job of one step, the execution itself.

/** What the deployment says of it. `functions`: whom the stand-down calls for each hook, also where the author gave none. */
export type Attachment = { description: string; hooks: Hook[]; functions: Record<Hook, string> }
export type AttachedMachine = Attachment & { name: string; state_machine_arn: string }

/** So much of it as cannot be worked out: a function's environment is small. `abort`: the author's clean-up. */
export type ToldAttachment = { description: string; abort?: string }

/** `external`: the function of Standdown's own that is called for each hook which the author did not give. */
export const attachmentOf = ({ description, abort }: ToldAttachment, external: string): Attachment => ({
  description,
  hooks: abort === undefined ? [] : ['abort'],
  functions: { abort: abort ?? external, revert: external },
})

export const WHY_NO_GRACEFUL =
  'its state machine is attached as it is, and nothing in it looks at an abort: only force stops it; for graceful wrap its tasks as steps'

export const ATTACHED_MODES: AbortMode[] = ['force']

const ORDER = 1

export function attachedTemplate(machine: AttachedMachine, definition: string): Template {
  const { name, description, state_machine_arn, hooks, functions } = machine
  const step = {
    ...{ name, order: ORDER, abortable: 'never' as const, irreversible: null, mapped: false },
    ...{ clean_up_after: 'lease' as const, hooks, function_arn: functions.abort },
    hook_functions: [...new Set(Object.values(functions))],
  }
  return {
    ...{ name, description, state_machine_arn },
    ...{ input_schema: null, abort_modes: ATTACHED_MODES, steps: [step] },
    definition: definitionOf(JSON.parse(definition)),
    attached: true,
  }
}

/** An execution, as an event or Step Functions itself tells of it. */
export type SeenExecution = { name: string; execution_arn: string; started_at: string }

/** Its execution claims its one step: as an external one, whose end is the execution's. */
export function attachedCall(machine: AttachedMachine, seen: SeenExecution): StepCall {
  const { name, hooks, functions } = machine
  return {
    ...{ template: name, step: name, order: ORDER, abortable: 'never', hooks },
    job_execution_id: seen.name,
    execution_arn: seen.execution_arn,
    execution_started_at: seen.started_at,
    external: { revert_when: 'rollback', functions, entered_at: seen.started_at, retry: 0 },
  }
}
