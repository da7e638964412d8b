import { hasSteps, innerScopes, type ScopeJson, type StateJson, stepMark } from '../definition.ts'
import { hasRank, RANK } from '../map-index.ts'
import type { Pass } from '../pass.ts'
import { changeStates, withMark } from '../rewrite.ts'

/** Inside a Map whose items have ranks: each step learns that of its child, through Maps without one, too. */
export const rankChildren: Pass = (definition) => {
  const ranked = new Set<string>()
  findRanked(definition, false, ranked)
  return changeStates(definition, (state, { name }) => (ranked.has(name) ? passRank(state) : state))
}

function findRanked(scope: ScopeJson, within: boolean, ranked: Set<string>): void {
  for (const [name, state] of Object.entries(scope.States)) {
    if (within) ranked.add(name)
    for (const inner of innerScopes(state)) findRanked(inner, within || hasRank(state), ranked)
  }
}

function passRank(state: StateJson): StateJson {
  const mark = stepMark(state)
  if (mark) return withMark(state, { ...RANK, ...mark })
  if (!state.ItemProcessor || !hasSteps(state.ItemProcessor) || hasRank(state)) return state
  return { ...state, ItemSelector: { ...state.ItemSelector, ...RANK } }
}
