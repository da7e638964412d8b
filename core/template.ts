import type { Hook } from './clean-up/hook.ts'
import { type Definition, definitionOf } from './definition.ts'
import { ABORT_MODES, type AbortMode } from './job/job.ts'
import type { Abortable, CleanUpAfter, ExternalTraits, OwnAbortable, StateEntry } from './step/step.ts'

/** What a step says of itself, by `defineStep`: the bundler reads it off the handler, for the construct. */
export type StepMetadata = {
  name: string
  abortable: OwnAbortable
  clean_up_after: CleanUpAfter
  /** Why what the step did cannot be undone; null where it can, or changes nothing. */
  irreversible: string | null
  hooks: Hook[]
  /** It has hooks alone: those of a task that runs no code of ours. */
  hooks_only?: true
}

/** What the chain says of one step, before any run; definitions of an older version do not tell its hooks. */
export type TemplateStep = Omit<StepMetadata, 'abortable' | 'hooks' | 'hooks_only'> & {
  abortable: Abortable
  order: number
  hooks?: Hook[]
  function_arn: string
  /** One item for each of a Map's children. */
  mapped: boolean
  /** Those of its hooks, where they are others. */
  hook_functions?: string[]
}

/** A kind of job, as its deployed state machine tells it. */
export type Template = {
  name: string
  description: string
  state_machine_arn: string
  input_schema: Record<string, unknown> | null
  abort_modes: AbortMode[]
  steps: TemplateStep[]
  /** Its state machine, without what its graph does not need. */
  definition: Definition
  /** Its state machine was not made by an AbortableJob: see attached.ts. */
  attached?: true
}

/** The key of a step's `Parameters` under which the construct writes what Standdown has to know. */
export const STEP_PARAMETERS = 'standdown'

/** The payload of a step's Task state, as the construct writes it and `defineStep` reads it. */
export type StepPayload = { standdown: StepCall; input: unknown }

/** Which step of which execution is called. */
export type StepCall = {
  template: string
  step: string
  order: number
  abortable: Abortable
  irreversible?: string
  hooks?: Hook[]
  /** Absent in definitions that an older version deployed; then as `lease`. */
  clean_up_after?: CleanUpAfter
  /** A number, unless the job's data say otherwise. */
  rank?: unknown
  loop_order?: number
  /** How many steps of the job may run at once, by the widths of the Maps and branches around it. */
  concurrency?: number
  job_execution_id: string
  execution_arn: string
  /** Absent in definitions that an older version deployed. */
  execution_started_at?: string
  /** Of a task that runs no code of ours: what the chain says of it, and which entry of its state claims. */
  external?: ExternalTraits & StateEntry
  index?: unknown
  /** How many items its Map has; of a Map in a Map `40.3`. */
  item_count?: unknown
  visit?: string
}

/**
 * Says how the task of a step that runs no code of ours has ended: well, unless it `failed`. `entered_at` is when the
 * state that says so was entered.
 */
export type ExternalEndCall = { ends: string; failed?: true; entered_at: string } & Pick<
  StepCall,
  | 'template'
  | 'order'
  | 'job_execution_id'
  | 'execution_arn'
  | 'execution_started_at'
  | 'index'
  | 'loop_order'
>

/** What the construct writes as the definition's `Comment`: the parts of a template that no state shows. */
export type TemplateComment = Pick<Template, 'name' | 'description' | 'input_schema'> & {
  abort_modes?: AbortMode[]
}

type StateJson = {
  Type: string
  Resource?: string
  Parameters?: Record<string, unknown>
  Branches?: ChainJson[]
  ItemProcessor?: ChainJson
}
type ChainJson = { States: Record<string, StateJson> }

/**
 * Reads a template from a state machine's definition, so that the deployed machine is the one record of
 * its steps, in the version that an execution runs.
 *
 * @throws Error when the definition was not made by an AbortableJob
 */
export function parseTemplate(stateMachineArn: string, definition: string): Template {
  const json = JSON.parse(definition) as ChainJson & Definition & { Comment?: string }
  const comment = parseComment(json.Comment)
  if (!comment) throw new Error(`the state machine ${stateMachineArn} was not made by an AbortableJob`)
  return {
    name: comment.name,
    description: comment.description,
    state_machine_arn: stateMachineArn,
    input_schema: comment.input_schema,
    abort_modes: comment.abort_modes ?? [...ABORT_MODES],
    steps: stepsOf(json, false).sort((a, b) => a.order - b.order || a.name.localeCompare(b.name)),
    definition: definitionOf(json),
  }
}

function parseComment(comment: string | undefined): TemplateComment | undefined {
  if (!comment?.startsWith('{')) return undefined
  return (JSON.parse(comment) as { standdown?: TemplateComment }).standdown
}

function stepsOf(chain: ChainJson, mapped: boolean): TemplateStep[] {
  return Object.values(chain.States).flatMap((state) => [
    ...ownStep(state, mapped),
    ...(state.Branches ?? []).flatMap((branch) => stepsOf(branch, mapped)),
    ...(state.ItemProcessor ? stepsOf(state.ItemProcessor, true) : []),
  ])
}

function ownStep(state: StateJson, mapped: boolean): TemplateStep[] {
  const call = state.Parameters?.[STEP_PARAMETERS] as StepCall | undefined
  if (!call?.step) return []
  const { step: name, order, abortable, irreversible = null, hooks, clean_up_after = 'lease' } = call
  const function_arn = state.Resource ?? ''
  const hook_functions = call.external && Object.values(call.external.functions)
  const more = { ...(hooks ? { hooks } : {}), ...(hook_functions ? { hook_functions } : {}) }
  const traits = { abortable, irreversible, clean_up_after, ...more }
  return [{ name, order, ...traits, mapped, function_arn }]
}
