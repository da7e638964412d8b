import { type ScopeJson, successors } from './definition.ts'

/** The states of a scope that run again and again: each with those of its loop. */
export type Loops = Map<string, Set<string>>

/** States are of one loop where each leads to the other. */
export function loopsOf(scope: ScopeJson): Loops {
  const names = Object.keys(scope.States)
  const reached = new Map(names.map((name) => [name, reachedFrom(scope, name)]))
  const looped = names.filter((name) => reached.get(name)?.has(name))
  return new Map(
    looped.map((name) => {
      const loop = looped.filter((other) => reached.get(name)?.has(other) && reached.get(other)?.has(name))
      return [name, new Set(loop)]
    }),
  )
}

/** What a state leads to, however far; itself only by a way back. */
function reachedFrom(scope: ScopeJson, start: string): Set<string> {
  const seen = new Set<string>()
  const queue = [start]
  for (let name = queue.pop(); name !== undefined; name = queue.pop()) {
    for (const next of successors(scope.States[name]!)) {
      if (!seen.has(next)) queue.push(next)
      seen.add(next)
    }
  }
  return seen
}
