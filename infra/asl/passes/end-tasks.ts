import { endMark, innerScopes, type ScopeJson, type StepMark, stepMark } from '../definition.ts'
import type { Pass } from '../pass.ts'
import { changeTasks, withMark } from '../rewrite.ts'

/** Tells the states that say how a task ended which step it is: all that its claim was told by the other passes. */
export const endTasks: Pass = (definition) => {
  const claims = new Map<string, StepMark>()
  findClaims(definition, claims)
  return changeTasks(definition, (state) => {
    const end = endMark(state)
    const claim = end && claims.get(end.ends)
    return end && claim ? withMark(state, { ...end, ...placeOf(claim) }) : state
  })
}

function findClaims(scope: ScopeJson, claims: Map<string, StepMark>): void {
  for (const state of Object.values(scope.States)) {
    const mark = stepMark(state)
    if (mark?.external) claims.set(mark.step, mark)
    for (const inner of innerScopes(state)) findClaims(inner, claims)
  }
}

const placeOf = ({ order, loop_order, 'index.$': index }: StepMark): Partial<StepMark> => ({
  ...(order === undefined ? {} : { order }),
  ...(loop_order === undefined ? {} : { loop_order }),
  ...(index === undefined ? {} : { 'index.$': index }),
})
