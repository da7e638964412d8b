import type { InvalidPart } from '#core/errors.ts'

/** Of each action by its place: the places of its parents that no other parent rests on, and its rank. */
export type Graph = { parents: number[][]; ranks: number[] }

type Node = { uuid: string; parents: string[] }

/** The graph of the actions, or what keeps it from being a directed acyclic one. */
export function graphOf(nodes: Node[]): Graph | InvalidPart[] {
  const places = new Map<string, number>()
  const faults: InvalidPart[] = []
  nodes.forEach(({ uuid }, at) => {
    if (places.has(uuid)) faults.push({ pointer: `/actions/${at}/uuid`, detail: 'is that of another action' })
    places.set(uuid, at)
  })
  const parents = nodes.map(({ parents: given }, at) =>
    given.flatMap((uuid, nth) => {
      const place = places.get(uuid)
      if (place !== undefined) return [place]
      faults.push({ pointer: `/actions/${at}/parents/${nth}`, detail: 'is no action of this plan' })
      return []
    }),
  )
  return faults.length > 0 ? faults : ranked(parents)
}

/** Places each action once all of its parents are; what is never placed rests on itself. */
function ranked(parents: number[][]): Graph | InvalidPart[] {
  const ranks = parents.map(() => -1)
  // Of each action, as bits, what it rests on.
  const below = parents.map(() => 0n)
  const reduced = parents.map((): number[] => [])
  let open = parents.map((_, at) => at)
  for (let rank = 0; open.length > 0; rank += 1) {
    const ready = open.filter((at) => parents[at]!.every((parent) => ranks[parent]! >= 0))
    if (ready.length === 0) return cycleOf(parents, open)
    for (const at of ready) {
      const own = [...new Set(parents[at])]
      const rest = own.reduce((bits, parent) => bits | below[parent]!, 0n)
      reduced[at] = own.filter((parent) => ((rest >> BigInt(parent)) & 1n) === 0n)
      below[at] = own.reduce((bits, parent) => bits | (1n << BigInt(parent)), rest)
    }
    for (const at of ready) ranks[at] = rank
    open = open.filter((at) => ranks[at]! < 0)
  }
  return { parents: reduced, ranks }
}

/** Each open action has an open parent: following them comes round. */
function cycleOf(parents: number[][], open: number[]): InvalidPart[] {
  const seen = new Set<number>()
  let at = open[0]!
  while (!seen.has(at)) {
    seen.add(at)
    at = parents[at]!.find((parent) => open.includes(parent))!
  }
  return [{ pointer: `/actions/${at}/parents`, detail: 'lead back to the action itself' }]
}
