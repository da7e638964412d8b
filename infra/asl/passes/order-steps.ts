import { innerScopes, type ScopeJson, stepMark, successors } from '../definition.ts'
import type { Pass } from '../pass.ts'
import { changeTasks, withMark } from '../rewrite.ts'

/**
 * Marks each step with its place in the chain. `order` is the longest way to it, counted in steps: branches
 * of a Parallel start with the same order, what follows them comes after the longest.
 */
export const orderSteps: Pass = (definition) => {
  const orders = new Map<string, number>()
  orderScope(definition, 0, orders)
  return changeTasks(definition, (state, { name }) => {
    const mark = stepMark(state)
    return mark ? withMark(state, { ...mark, order: orders.get(name) }) : state
  })
}

/** `before`: the order of the last step before the scope. Answers the highest that the scope reaches. */
function orderScope(scope: ScopeJson, before: number, orders: Map<string, number>): number {
  const { sequence, back } = sortStates(scope)
  const reached = new Map<string, number>()
  let highest = before
  for (const name of sequence) {
    const state = scope.States[name]!
    const entry = reached.get(name) ?? before
    const ends = innerScopes(state).map((inner) => orderScope(inner, entry, orders))
    const exit = stepMark(state) ? entry + 1 : Math.max(entry, ...ends)
    if (stepMark(state)) orders.set(name, exit)
    for (const next of successors(state)) {
      if (!back.has(`${name}>${next}`)) reached.set(next, Math.max(reached.get(next) ?? 0, exit))
    }
    highest = Math.max(highest, exit)
  }
  return highest
}

/** The scope's states, each after all that lead to it; transitions back into a loop are named apart. */
function sortStates(scope: ScopeJson): { sequence: string[]; back: Set<string> } {
  const done: string[] = []
  const back = new Set<string>()
  const colour = new Map<string, 'open' | 'done'>()
  const visit = (name: string): void => {
    colour.set(name, 'open')
    for (const next of successors(scope.States[name]!)) {
      if (colour.get(next) === 'open') back.add(`${name}>${next}`)
      else if (!colour.has(next)) visit(next)
    }
    colour.set(name, 'done')
    done.push(name)
  }
  visit(scope.StartAt)
  return { sequence: done.reverse(), back }
}
