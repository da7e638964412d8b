import { innerScopes, type ScopeJson, stepMark, successors } from '../definition.ts'
import { type Loops, loopsOf } from '../loops.ts'
import type { Pass } from '../pass.ts'
import { changeTasks, withMark } from '../rewrite.ts'

/**
 * Marks each step with its place in the chain. `order` is the longest way to it, counted in steps: branches
 * of a Parallel start with the same order, what follows them comes after the longest, and what follows a
 * loop comes after all of it.
 */
export const orderSteps: Pass = (definition) => {
  const orders = new Map<string, number>()
  orderScope(definition, 0, orders)
  return changeTasks(definition, (state, { name }) => {
    const mark = stepMark(state)
    return mark ? withMark(state, { ...mark, order: orders.get(name) ?? 0 }) : state
  })
}

/** `before`: the order of the last step before the scope. Answers the highest that the scope reaches. */
function orderScope(scope: ScopeJson, before: number, orders: Map<string, number>): number {
  const sorted = sortStates(scope)
  const loops = loopsOf(scope)
  // A way out of a loop comes after the loop's last step, which may be found later: until nothing moves.
  let exits = new Map<string, number>()
  for (;;) {
    const next = exitsOf(scope, { ...sorted, before, loops, exits, orders })
    if ([...next].every(([name, exit]) => exits.get(name) === exit)) break
    exits = next
  }
  return Math.max(before, ...exits.values())
}

type Sorted = { sequence: string[]; back: Set<string> }
type Walk = Sorted & { before: number; loops: Loops; exits: Map<string, number>; orders: Map<string, number> }

/** How far each state's way has come when it is left; `exits` are those of the last look. */
function exitsOf(scope: ScopeJson, { sequence, back, before, loops, exits, orders }: Walk) {
  const reached = new Map<string, number>()
  const left = new Map<string, number>()
  for (const name of sequence) {
    const state = scope.States[name]!
    const entry = reached.get(name) ?? before
    const ends = innerScopes(state).map((inner) => orderScope(inner, entry, orders))
    const exit = stepMark(state) ? entry + 1 : Math.max(entry, ...ends)
    if (stepMark(state)) orders.set(name, exit)
    left.set(name, exit)
    const loop = loops.get(name)
    const loopEnd = Math.max(exit, ...[...(loop ?? [])].map((other) => exits.get(other) ?? 0))
    for (const next of successors(state)) {
      if (back.has(`${name}>${next}`)) continue
      const way = loop?.has(next) ? exit : loopEnd
      reached.set(next, Math.max(reached.get(next) ?? 0, way))
    }
  }
  return left
}

/** The scope's states, each after all that lead to it; transitions back into a loop are named apart. */
function sortStates(scope: ScopeJson): Sorted {
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
