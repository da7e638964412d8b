import type { Hook } from '#core/clean-up/hook.ts'
import { OWN_STATES } from '#core/definition.ts'
import type { Abortable, CleanUpAfter, ExternalTraits } from '#core/step/step.ts'
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
  external?: ExternalTraits
  /** The rest is written by passes. */
  order?: number
  concurrency?: number
  loop_order?: number
  /** Where the data say which of a loop's rounds it is. */
  'index.$'?: string
  'hooks.$'?: string
  'rank.$'?: string
  'item_count.$'?: string
}

/** The mark of a state that tells how the task of a step ended; passes add to it what they give the step. */
export type EndMark = { ends: string } & Pick<StepMark, 'order' | 'concurrency' | 'index.$'>

/** What the author has made of a task that runs no code of ours: a step, or one that an abort may kill at any time. */
export type OutsideTask = { kind: 'ungated' } | ExternalTask
export type ExternalTask = {
  kind: 'external'
  mark: StepMark
  /** The function that runs in its place where the service does not exist. */
  stand_in?: string | undefined
}

/** The mark of a step, or of the commit, which has no `step`. */
export const taskMark = (state: StateJson): Partial<StepMark> | undefined =>
  state.Parameters?.[STEP_PARAMETERS] as Partial<StepMark> | undefined

export const stepMark = (state: StateJson): StepMark | undefined => {
  const mark = taskMark(state)
  return mark?.step ? (mark as StepMark) : undefined
}

export const endMark = (state: StateJson): EndMark | undefined => {
  const mark = taskMark(state) as Partial<EndMark> | undefined
  return mark?.ends ? (mark as EndMark) : undefined
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

/** The task starts an execution and waits for its end. An ARN may still have parts that only the deployment knows. */
export const waitsForExecution = ({ Resource }: StateJson): boolean =>
  /:states:startExecution\.sync\b/.test(JSON.stringify(Resource ?? ''))
