import { endMark, hasSteps, innerScopes, type ScopeJson, type StateJson, stepMark } from '../definition.ts'
import { STEPS_AT_ONCE } from '../history.ts'
import type { Pass } from '../pass.ts'
import { changeTasks, withMark } from '../rewrite.ts'
import { itemsAtOnce, widthOf, widthOfState } from '../width.ts'

/**
 * Lowers the concurrency of Maps where more steps could run at once than a history has room for, and tells each
 * step how many may run beside it.
 */
export const fitConcurrency: Pass = (definition) => {
  const fitted = fitScope(definition, STEPS_AT_ONCE)
  const widths = new Map<string, number>()
  for (const [name, state] of Object.entries(fitted.States)) {
    for (const inside of [name, ...namesInside(state)]) widths.set(inside, widthOfState(state))
  }
  return changeTasks(fitted, (state, { name }) => {
    const mark = stepMark(state) ?? endMark(state)
    const concurrency = widths.get(name) ?? 1
    return mark && concurrency > 1 ? withMark(state, { ...mark, concurrency }) : state
  })
}

/** The states inside one of the machine's own: the others do not run meanwhile. */
const namesInside = (state: StateJson): string[] =>
  innerScopes(state).flatMap((scope) =>
    Object.entries(scope.States).flatMap(([name, inner]) => [name, ...namesInside(inner)]),
  )

/** `room`: how many steps may run at once. */
function fitScope(scope: ScopeJson, room: number): ScopeJson {
  const states = Object.entries(scope.States).map(([name, state]) => [name, fitState(state, room)])
  return { ...scope, States: Object.fromEntries(states) }
}

function fitState(state: StateJson, room: number): StateJson {
  if (widthOfState(state) <= room) return state
  if (state.Branches) {
    const share = shareOf(room, state.Branches.filter(hasSteps).length)
    return { ...state, Branches: state.Branches.map((branch) => fitScope(branch, share)) }
  }
  return state.ItemProcessor ? fitMap(state, state.ItemProcessor, room) : state
}

/** What the author said of the items holds as far as it can; where nothing was said, Map and what is inside share. */
function fitMap(state: StateJson, processor: ScopeJson, room: number): StateJson {
  const even = Math.max(Math.floor(Math.sqrt(room)), shareOf(room, widthOf(processor)))
  const wanted = state.MaxConcurrency ? itemsAtOnce(state) : Math.min(itemsAtOnce(state), even)
  const fitted = fitScope(processor, shareOf(room, wanted))
  const items = Math.min(wanted, shareOf(room, widthOf(fitted)))
  return { ...state, ItemProcessor: fitted, MaxConcurrency: items }
}

const shareOf = (room: number, among: number): number => Math.max(1, Math.floor(room / among))
