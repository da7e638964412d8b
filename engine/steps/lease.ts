import type { Time } from '#core/job/job.ts'
import { timeAt } from '#core/time.ts'
import type { Clock } from '../ports.ts'

/** The holder stops itself before its lease ends: others may take the step at that very moment. */
const MARGIN = 0.8

export type LeaseTerms = {
  clock: Clock
  leaseMs: number
  /** When the step was taken, in the milliseconds from which its `lease_until` was counted. */
  takenAt: number
  /** When the holder's Lambda is certainly over, in the same milliseconds. */
  deadBy: number
  /** Kept of the Lambda's time for the last writes. */
  lastWritesMs: number
  /** What the holder's signal says shortly before the Lambda's time is over. */
  outOfTime: Error
}

/**
 * Says that the process which took a step, or runs one of its hooks, is alive.
 *
 * ```
 * takenAt        renewed                       late                          deadBy
 *    |──────────────|───────────────────────────|────────|                      |
 *    |  leaseMs: others wait as long            |        lease_until            |
 *    |  the holder works, and renews            |        from here on           |
 *    |                            from here on it        others may take it     the Lambda is over,
 *    |                            stops itself                                  whatever the lease says
 * ```
 *
 * The lease is the process's, not the claim's: a holder that was fenced, or has been told to stop, renews it until
 * it has said that it stopped, so that nobody cleans up beside code that still runs.
 *
 * `stopping` aborts when the holder should take no new work, `signal` when it has to drop what it does: by force,
 * when the step is another's, and shortly before the Lambda's end. Whatever aborts `signal` aborts `stopping`.
 */
export class Lease {
  private readonly terms: LeaseTerms
  private readonly stopped = new AbortController()
  private readonly asked = new AbortController()
  private readonly cancelDeadline: () => void
  private lateAt: number

  constructor(terms: LeaseTerms) {
    this.terms = terms
    this.lateAt = terms.takenAt + terms.leaseMs * MARGIN
    const untilLastWrites = Math.max(0, terms.deadBy - terms.lastWritesMs - terms.clock.now())
    this.cancelDeadline = terms.clock.after(untilLastWrites, () => this.stop(terms.outOfTime))
  }

  get signal(): AbortSignal {
    return this.stopped.signal
  }

  get stopping(): AbortSignal {
    return this.asked.signal
  }

  /** Why the holder has to stop: the reason of `signal`, else that of `stopping`. */
  get reason(): Error | undefined {
    if (this.signal.aborted) return this.signal.reason as Error
    return this.stopping.aborted ? (this.stopping.reason as Error) : undefined
  }

  get isLate(): boolean {
    return this.terms.clock.now() > this.lateAt
  }

  get isHalfOver(): boolean {
    return this.lateAt - this.terms.clock.now() < this.terms.leaseMs / 2
  }

  /** The holder should come to its next safe point and stop there. The first reason counts. */
  ask(reason: Error): void {
    this.asked.abort(reason)
  }

  /** The holder has to stop now. The first reason counts. */
  stop(reason: Error): void {
    this.asked.abort(reason)
    this.stopped.abort(reason)
  }

  throwIfAsked(): void {
    if (this.reason) throw this.reason
  }

  /**
   * Renews the lease by `write`, which answers whether it was taken, until the Lambda's end at most. The time
   * counts from before the write.
   */
  async renew(write: (lease_until: Time) => Promise<boolean>): Promise<boolean> {
    const { clock, leaseMs, deadBy } = this.terms
    const now = clock.now()
    if (!(await write(timeAt(Math.min(now + leaseMs, deadBy))))) return false
    this.lateAt = now + leaseMs * MARGIN
    return true
  }

  end(): void {
    this.cancelDeadline()
  }
}
