import type { Needs } from '../ports.ts'

/** `complete` is false where there are more jobs than were counted. */
export type ActiveCounts = Record<'PENDING' | 'ONGOING' | 'CANCELLING', number> & { complete: boolean }

/** What one count reads of the index: more would cost more than anybody looks at. */
const MOST_COUNTED = 1_000
/** A list does not wait longer for its counts: throttled, the index is asked again for much longer. */
const MOST_MS = 2_000

type Counting = Needs<'index' | 'clock'>

/** How many jobs are in each state that has not ended, as of a moment ago; null where the index does not answer in time. */
export function countActive(ports: Counting, tenantId?: string): Promise<ActiveCounts | null> {
  const { promise: tooLate, resolve } = Promise.withResolvers<null>()
  const stop = ports.clock.after(MOST_MS, () => resolve(null))
  return Promise.race([count(ports, tenantId), tooLate]).finally(stop)
}

async function count({ index }: Counting, tenant_id?: string): Promise<ActiveCounts> {
  const query = { limit: MOST_COUNTED, ...(tenant_id === undefined ? {} : { tenant_id }) }
  const { items, next } = await index.latest(query)
  const counts = { PENDING: 0, ONGOING: 0, CANCELLING: 0, complete: next === null }
  for (const { state } of items)
    if (state in counts) counts[state as keyof Omit<ActiveCounts, 'complete'>] += 1
  return counts
}
