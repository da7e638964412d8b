import type { Hook } from '#core/clean-up/hook.ts'
import { OWN_STATES } from '#core/definition.ts'
import type { Abortable, CleanUpAfter } from '#core/step/step.ts'
import { STEP_PARAMETERS } from '#core/template.ts'

/** The part of the Amazon States Language that the passes read and write. */
export type Retrier = { ErrorEquals: string[]; [field: string]: unknown }
export type Catcher = { ErrorEquals: string[]; Next: string; ResultPath?: string | null }

export type StateJson = {
  Type: string
  Next?: string
  End?: boolean
  Resource?: string
  Parameters?: Record<string, unknown>
  ResultPath?: string | null
  Retry?: Retrier[]
  Catch?: Catcher[]
  Choices?: { Next?: string }[]
  Default?: string
  Branches?: ScopeJson[]
  ItemProcessor?: ScopeJson
  Iterator?: ScopeJson
  ItemSelector?: Record<string, unknown>
  ItemsPath?: string
  MaxConcurrency?: number
  QueryLanguage?: string
  [field: string]: unknown
}

/** A machine, a Parallel branch or a Map's processor: what a transition cannot leave. */
export type ScopeJson = {
  StartAt: string
  States: Record<string, StateJson>
  ProcessorConfig?: { Mode?: string }
  QueryLanguage?: string
  [field: string]: unknown
}

export const COMMIT = `${OWN_STATES} commit`

/** What `Steps.task` writes into its state's Parameters; the passes add to it. */
export type StepMark = {
  step: string
  abortable: Abortable
  clean_up_after?: CleanUpAfter
  irreversible?: string
  hooks?: Hook[]
  /** The rest is written by passes. */
  order?: number
  concurrency?: number
  /** Where the data say which of a loop's rounds it is. */
  'index.$'?: string
  'hooks.$'?: string
  'rank.$'?: string
  'item_count.$'?: string
}

/** The mark of a step, or of the commit, which has no `step`. */
export const taskMark = (state: StateJson): Partial<StepMark> | undefined =>
  state.Parameters?.[STEP_PARAMETERS] as Partial<StepMark> | undefined

export const stepMark = (state: StateJson): StepMark | undefined => {
  const mark = taskMark(state)
  return mark?.step ? (mark as StepMark) : undefined
}

export const innerScopes = (state: StateJson): ScopeJson[] =>
  [...(state.Branches ?? []), state.ItemProcessor, state.Iterator].filter((scope) => scope !== undefined)

/** Every state that may follow, also after an error. */
export const successors = (state: StateJson): string[] =>
  [
    state.Next,
    state.Default,
    ...(state.Choices ?? []).map((choice) => choice.Next),
    ...(state.Catch ?? []).map((catcher) => catcher.Next),
  ].filter((name) => name !== undefined)

export const hasSteps = (scope: ScopeJson): boolean =>
  Object.values(scope.States).some((state) => stepMark(state) || innerScopes(state).some(hasSteps))
