import { hasSteps, innerScopes, type StateJson, stepMark } from '../definition.ts'
import { CHILD_INDEX, INDEX } from '../map-index.ts'
import type { Pass } from '../pass.ts'
import { changeStates, withMark } from '../rewrite.ts'

/** Inside a Map: each step learns its child's index, and what a state answers leaves the index in place. */
export const indexChildren: Pass = (definition) =>
  changeStates(definition, (state, { scope, mapped }) =>
    mapped && hasSteps(scope) ? keepIndex(passIndex(state)) : state,
  )

/** A Map in a Map goes on from the outer one's index: `3.1`. */
function passIndex(state: StateJson): StateJson {
  const mark = stepMark(state)
  if (mark) return withMark(state, { 'index.$': CHILD_INDEX, ...mark })
  if (!state.ItemProcessor || !hasSteps(state.ItemProcessor)) return state
  const nested = `States.Format('{}.{}', $.index, ${INDEX})`
  return { ...state, ItemSelector: { ...state.ItemSelector, 'index.$': nested } }
}

/** The data of a child is `{index, item}`: an answer goes to `$.item`, unless the author says where. */
function keepIndex(state: StateJson): StateJson {
  const answers = stepMark(state) || innerScopes(state).length > 0
  return answers && state.ResultPath === undefined ? { ...state, ResultPath: '$.item' } : state
}
