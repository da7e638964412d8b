import { innerScopes, type ScopeJson, stepMark } from '../definition.ts'
import { loopsOf } from '../loops.ts'
import { isNumbered } from '../map-index.ts'
import type { Pass } from '../pass.ts'
import { changeTasks, withMark } from '../rewrite.ts'

/**
 * Tells the visits of a step in a loop apart by the time at which its state was entered: a Retry keeps that
 * time, another round of the loop does not. The steps of one loop share the highest order in it, so that a
 * clean-up follows their visits back in time: the last round first. Those whose data number them are told apart already.
 */
export const markVisits: Pass = (definition) => {
  const highest = new Map<string, number>()
  markLoops(definition, undefined, highest)
  return changeTasks(definition, (state, { name }) => {
    const mark = stepMark(state)
    if (!mark || !highest.has(name) || isNumbered(mark)) return state
    return withMark(state, { ...mark, 'visit.$': '$$.State.EnteredTime', loop_order: highest.get(name) })
  })
}

/** `around`: the highest order of the loop that the whole scope is in: the outermost counts. */
function markLoops(scope: ScopeJson, around: number | undefined, highest: Map<string, number>): void {
  const loops = loopsOf(scope)
  for (const [name, state] of Object.entries(scope.States)) {
    const loop = loops.get(name)
    const last = around ?? (loop && highestOf(scope, loop))
    if (last !== undefined) highest.set(name, last)
    for (const inner of innerScopes(state)) markLoops(inner, last, highest)
  }
}

/** Of the steps in these states and in the scopes inside them. */
function highestOf(scope: ScopeJson, names: Iterable<string>): number {
  const orders = [...names].flatMap((name) => {
    const state = scope.States[name]!
    const inner = innerScopes(state).map((each) => highestOf(each, Object.keys(each.States)))
    return [stepMark(state)?.order ?? 0, ...inner]
  })
  return Math.max(0, ...orders)
}
