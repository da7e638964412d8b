import { innerScopes, type ScopeJson, stepMark, successors } from '../definition.ts'

export type Place = { order: number; looped: boolean }
type From = { level: number; looped: boolean }

/**
 * Where each step stands in the chain. `order` is the longest way to it, counted in steps: branches of a
 * Parallel start level, what follows starts after the longest. `looped`: it can run again in one execution.
 */
export function placeSteps(machine: ScopeJson): Map<string, Place> {
  const places = new Map<string, Place>()
  placeScope(machine, { level: 0, looped: false }, places)
  return places
}

/** Answers the highest level that the scope reaches. */
function placeScope(scope: ScopeJson, from: From, places: Map<string, Place>): number {
  const { sequence, back } = inOrder(scope)
  const entry = new Map<string, number>([[scope.StartAt, from.level]])
  let highest = from.level
  for (const name of sequence) {
    const state = scope.States[name]!
    const level = entry.get(name) ?? from.level
    const looped = from.looped || (back.size > 0 && leadsTo(scope, name, name))
    const ends = innerScopes(state).map((inner) => placeScope(inner, { level, looped }, places))
    const exit = stepMark(state) ? level + 1 : Math.max(level, ...ends)
    if (stepMark(state)) places.set(name, { order: exit, looped })
    for (const next of successors(state)) {
      if (!back.has(`${name}>${next}`)) entry.set(next, Math.max(entry.get(next) ?? 0, exit))
    }
    highest = Math.max(highest, exit)
  }
  return highest
}

/** The scope's states, each after all that lead to it; transitions back into a loop are named apart. */
function inOrder(scope: ScopeJson): { sequence: string[]; back: Set<string> } {
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

function leadsTo(scope: ScopeJson, from: string, goal: string): boolean {
  const seen = new Set<string>()
  const queue = [from]
  for (let name = queue.pop(); name !== undefined; name = queue.pop()) {
    for (const next of successors(scope.States[name]!)) {
      if (next === goal) return true
      if (!seen.has(next)) queue.push(next)
      seen.add(next)
    }
  }
  return false
}
