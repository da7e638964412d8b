/** What one function wants and holds, and whether one more environment is worth its start. */
export type Demand = { name: string; waiting: number; busy: number; idle: number; mayStart: boolean }

export type Choice = { name: string; evict?: string }

/**
 * The function to serve next, or nothing when all must wait. The one with the fewest busy environments goes
 * first, and the last free places are reserved for functions that have none, so that a busy one starves nobody.
 */
export function chooseNext(demands: Demand[], limit: number): Choice | undefined {
  const total = demands.reduce((sum, { busy, idle }) => sum + busy + idle, 0)
  const none = demands.filter(({ busy, idle }) => busy + idle === 0).length
  const reserve = Math.min(none, Math.floor(limit / 2))
  const free = limit - total
  // An idle environment can always make room for a function that has none.
  const available = demands.reduce((sum, { idle }) => sum + idle, free)
  for (const demand of demands.filter(({ waiting }) => waiting > 0).sort(byNeed)) {
    if (demand.idle > 0) return { name: demand.name }
    if (!demand.mayStart) continue
    const reserved = demand.busy === 0 ? 0 : reserve
    if (available <= reserved) continue
    if (free > 0) return { name: demand.name }
    const evict = evictable(demands, demand)
    if (evict) return { name: demand.name, evict: evict.name }
  }
  return undefined
}

// On a tie the function with a warm environment goes first: otherwise two would evict each other for ever.
function byNeed(a: Demand, b: Demand): number {
  return a.busy - b.busy || b.idle - a.idle
}

/** The function that can best spare an idle environment; a single one is spared only to who has none. */
function evictable(demands: Demand[], by: Demand): Demand | undefined {
  const least = by.busy === 0 ? 1 : 2
  return demands
    .filter(({ name, idle, busy }) => name !== by.name && idle > 0 && idle + busy >= least)
    .sort((a, b) => b.idle + b.busy - (a.idle + a.busy))[0]
}
