import { innerScopes, type ScopeJson, type StateJson, stepMark } from './definition.ts'

/** An inline Map runs no more items at once, https://docs.aws.amazon.com/step-functions/latest/dg/state-map-inline.html */
const MAP_LIMIT = 40

/** How many items a Map runs at once. */
export const itemsAtOnce = ({ MaxConcurrency: given = 0 }: StateJson): number =>
  given === 0 ? MAP_LIMIT : Math.min(given, MAP_LIMIT)

/** How many steps may run at once in a scope: one state of it runs at a time. */
export const widthOf = (scope: ScopeJson): number =>
  Math.max(0, ...Object.values(scope.States).map(widthOfState))

export function widthOfState(state: StateJson): number {
  if (stepMark(state)) return 1
  const inner = innerScopes(state).reduce((sum, scope) => sum + widthOf(scope), 0)
  return state.Type === 'Map' ? itemsAtOnce(state) * inner : inner
}
