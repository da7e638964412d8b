import { STEP_PARAMETERS } from '#core/template.ts'
import { type EndMark, type ScopeJson, type StateJson, type StepMark, taskMark } from './definition.ts'

/** `original`: the scope before the change. `mapped`: it runs once for each of a Map's items. */
export type ScopePlace = { original: ScopeJson; mapped: boolean }
export type StatePlace = { name: string; scope: ScopeJson; mapped: boolean }
type ScopeChange = (scope: ScopeJson, place: ScopePlace) => ScopeJson

/** Changes every scope of a definition, each after the scopes inside its states. */
export const rewriteScopes = (definition: ScopeJson, change: ScopeChange): ScopeJson =>
  rewriteScope(definition, change, false)

function rewriteScope(original: ScopeJson, change: ScopeChange, mapped: boolean): ScopeJson {
  const rewriteInner = (state: StateJson): StateJson => {
    const changed = { ...state }
    if (state.Branches) changed.Branches = state.Branches.map((scope) => rewriteScope(scope, change, mapped))
    if (state.ItemProcessor) changed.ItemProcessor = rewriteScope(state.ItemProcessor, change, true)
    if (state.Iterator) changed.Iterator = rewriteScope(state.Iterator, change, true)
    return changed
  }
  const states = Object.entries(original.States).map(([name, state]) => [name, rewriteInner(state)])
  return change({ ...original, States: Object.fromEntries(states) }, { original, mapped })
}

/**
 * Puts the states that `expand` answers in the place of each state. One of them keeps the state's name, so
 * that what leads to it still does; those that end go on where the state went, or end where it ended.
 */
export const expandStates = (
  definition: ScopeJson,
  expand: (state: StateJson, place: StatePlace) => Record<string, StateJson>,
): ScopeJson =>
  rewriteScopes(definition, (scope, { mapped }) => {
    const states = Object.entries(scope.States).flatMap(([name, state]) => {
      const added = Object.entries(expand(state, { name, scope, mapped }))
      return added.map(([id, next]) => [id, leavingAs(state, next)])
    })
    return { ...scope, States: Object.fromEntries(states) }
  })

/** `state` as it is where it does not end, or the replaced one ended, too. */
function leavingAs({ Next }: StateJson, state: StateJson): StateJson {
  if (!state.End || Next === undefined) return state
  const { End, ...rest } = state
  return { ...rest, Next }
}

/** Changes each state into one other. */
export const changeStates = (
  definition: ScopeJson,
  change: (state: StateJson, place: StatePlace) => StateJson,
): ScopeJson => expandStates(definition, (state, place) => ({ [place.name]: change(state, place) }))

/** Changes each task that is marked: the steps and the commit. */
export const changeTasks = (
  definition: ScopeJson,
  change: (state: StateJson, place: StatePlace) => StateJson,
): ScopeJson => changeStates(definition, (state, place) => (taskMark(state) ? change(state, place) : state))

/** Adds to the mark of a step or of the commit what Standdown has to know when it runs. */
export const withMark = (
  state: StateJson,
  mark: Partial<StepMark | EndMark> & Record<string, unknown>,
): StateJson => ({
  ...state,
  Parameters: { ...state.Parameters, [STEP_PARAMETERS]: mark },
})
