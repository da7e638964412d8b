import { timeAt } from '#core/time.ts'
import type { Needs } from '../ports.ts'

/** A sweeper that died bars the next one for at most so long. */
const LEASE_MS = 90_000
const RENEW_MS = 30_000

/**
 * Does the work unless another sweep is under way; undefined where one is. Two at once would harm nothing: they
 * would only make the same calls twice, while Step Functions throttles both.
 */
export async function inTurn<Result>(
  { sweepLease, clock, ids }: Needs<'sweepLease' | 'clock' | 'ids'>,
  work: () => Promise<Result>,
): Promise<Result | undefined> {
  const owner = ids.random()
  const take = (): Promise<boolean> => {
    const now = clock.now()
    return sweepLease.take({ owner, at: timeAt(now), until: timeAt(now + LEASE_MS) })
  }
  if (!(await take())) return undefined
  const stop = clock.every(RENEW_MS, () => void take().catch(() => undefined))
  try {
    return await work()
  } finally {
    stop()
    // What is not released ends by itself.
    await sweepLease.release(owner).catch(() => undefined)
  }
}
