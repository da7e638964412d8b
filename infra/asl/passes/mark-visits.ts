import { innerScopes, type ScopeJson, stepMark, successors } from '../definition.ts'
import type { Pass } from '../pass.ts'
import { changeTasks, withMark } from '../rewrite.ts'

/**
 * Tells the visits of a step in a loop apart by the time at which its state was entered: a Retry keeps that
 * time, another round of the loop does not.
 */
export const markVisits: Pass = (definition) => {
  const looped = new Set<string>()
  findLooped(definition, false, looped)
  return changeTasks(definition, (state, { name }) => {
    const mark = stepMark(state)
    return mark && looped.has(name) ? withMark(state, { ...mark, 'visit.$': '$$.State.EnteredTime' }) : state
  })
}

/** Collects the states that can run again in one execution. */
function findLooped(scope: ScopeJson, around: boolean, looped: Set<string>): void {
  for (const [name, state] of Object.entries(scope.States)) {
    const again = around || leadsBack(scope, name)
    if (again) looped.add(name)
    for (const inner of innerScopes(state)) findLooped(inner, again, looped)
  }
}

function leadsBack(scope: ScopeJson, start: string): boolean {
  const seen = new Set<string>()
  const queue = [start]
  for (let name = queue.pop(); name !== undefined; name = queue.pop()) {
    for (const next of successors(scope.States[name]!)) {
      if (next === start) return true
      if (!seen.has(next)) queue.push(next)
      seen.add(next)
    }
  }
  return false
}
