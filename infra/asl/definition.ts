import type { Hook } from '#core/clean-up/hook.ts'
import type { Abortable } from '#core/step/step.ts'
import { STEP_PARAMETERS } from '#core/template.ts'

/** The part of the Amazon States Language that the transformation reads and writes. */
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

/** What `Steps.task` writes into its state, to be completed by the transformation. */
export type StepMark = { step: string; abortable: Abortable; irreversible?: string; hooks?: Hook[] }

export const stepMark = (state: StateJson): StepMark | undefined => {
  const mark = state.Parameters?.[STEP_PARAMETERS] as StepMark | undefined
  return mark?.step ? mark : undefined
}

export const innerScopes = (state: StateJson): ScopeJson[] => [
  ...(state.Branches ?? []),
  ...(state.ItemProcessor ? [state.ItemProcessor] : []),
  ...(state.Iterator ? [state.Iterator] : []),
]

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

/** The same scope with each of its states changed by `change`. */
export const mapStates = (
  scope: ScopeJson,
  change: (state: StateJson, name: string) => StateJson,
): ScopeJson => ({
  ...scope,
  States: Object.fromEntries(
    Object.entries(scope.States).map(([name, state]) => [name, change(state, name)]),
  ),
})
