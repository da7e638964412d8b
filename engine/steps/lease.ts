import type { Time } from '#core/job/job.ts'
import { timeAt } from '#core/time.ts'
import type { Clock } from '../ports.ts'

/** The holder stops itself before its lease ends: others may take the step at that very moment. */
const MARGIN = 0.8

export type LeaseTerms = {
  clock: Clock
  leaseMs: number
  /** Of the Lambda that holds it. */
  remainingMs: number
  /** Kept of the Lambda's time for the last writes. */
  lastWritesMs: number
  /** What the holder's signal says shortly before the Lambda's time is over. */
  outOfTime: Error
}

/**
 * Says that the process which took a step, or runs one of its hooks, is alive.
 *
 * ```
 * claimed        renewed                       late                          dead_by
 *    |──────────────|───────────────────────────|────────|                      |
 *    |  leaseMs: others wait as long            |        lease_until            |
 *    |  the holder works, and renews            |        from here on           |
 *    |                            from here on it        others may take it     the Lambda is over,
 *    |                            stops itself                                  whatever the lease says
 * ```
 *
 * `signal` aborts when the holder has to stop, with the reason as its error: shortly before the Lambda's
 * end, or by `stop`.
 */
export class Lease {
  private readonly terms: LeaseTerms
  private readonly controller = new AbortController()
  private readonly cancelDeadline: () => void
  private lateAt: number

  constructor(terms: LeaseTerms) {
    this.terms = terms
    this.lateAt = terms.clock.now() + terms.leaseMs * MARGIN
    const untilLastWrites = Math.max(0, terms.remainingMs - terms.lastWritesMs)
    this.cancelDeadline = terms.clock.after(untilLastWrites, () => this.stop(terms.outOfTime))
  }

  get signal(): AbortSignal {
    return this.controller.signal
  }

  get isLate(): boolean {
    return this.terms.clock.now() > this.lateAt
  }

  get isHalfOver(): boolean {
    return this.lateAt - this.terms.clock.now() < this.terms.leaseMs / 2
  }

  /** Makes the holder stop. The first reason counts. */
  stop(reason: Error): void {
    this.controller.abort(reason)
  }

  /**
   * Renews the lease by `write`, which answers whether it was taken. A write that was refused means that the
   * step is another's: the holder stops with `fenced`. The time counts from before the write.
   */
  async renew(write: (lease_until: Time) => Promise<boolean>, fenced: () => Error): Promise<void> {
    const { clock, leaseMs } = this.terms
    const until = clock.now() + leaseMs
    if (await write(timeAt(until))) this.lateAt = until - leaseMs * (1 - MARGIN)
    else this.stop(fenced())
  }

  end(): void {
    this.cancelDeadline()
  }
}
