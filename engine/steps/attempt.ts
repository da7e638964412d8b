import { JobAborted, StepFenced, StepOutOfTime } from '#core/errors.ts'
import type { Job, Time } from '#core/job/job.ts'
import type { Report, StepEvent } from '#core/step/reducer.ts'
import type { Progress, Step } from '#core/step/step.ts'
import { timeAt } from '#core/time.ts'
import { stopIfIdleOrOver } from '../jobs/stop-if-idle.ts'
import { lookForAbort } from './abort-watch.ts'
import { Lease } from './lease.ts'
import type { StepPorts } from './ports.ts'
import { aborted, faultOf, fenced, leaseLost, outOfTime } from './signals.ts'

export type Claim = { step: Step; job: Job; owner: string; remainingMs: number }

/** Kept of the Lambda's time for the last writes. */
const LAST_WRITES_MS = 5_000

/** One invocation of a step's `run`: keeps what the author reports, sees the abort, records how it ended. */
export class Attempt {
  private readonly ports: StepPorts
  private readonly owner: string
  private readonly lease: Lease
  private readonly stopWatching: () => void
  private step: Step
  private report: Report = {}
  private lookedAt: number
  private looking: Promise<void> | undefined

  constructor(ports: StepPorts, { step, owner, remainingMs }: Claim) {
    const { clock, timing } = ports
    this.ports = ports
    this.step = step
    this.owner = owner
    this.lookedAt = clock.now()
    const ending = { remainingMs, lastWritesMs: LAST_WRITES_MS, outOfTime: outOfTime(step) }
    this.lease = new Lease({ clock, leaseMs: timing.leaseMs, ...ending })
    this.stopWatching = clock.every(timing.periodMs / 2, () => this.tick())
  }

  get signal(): AbortSignal {
    return this.lease.signal
  }

  progress(progress: Progress): void {
    this.report = { ...this.report, progress }
  }

  async checkpoint(data?: unknown): Promise<void> {
    if (data !== undefined) this.report = { ...this.report, data }
    this.signal.throwIfAborted()
    if (!this.isDue) return
    await this.lookOnce().catch((error) => {
      if (this.lease.isLate) throw error
    })
    this.signal.throwIfAborted()
  }

  /** Not shared with a look under way: that one may have read before the abort was written. */
  async pointOfNoReturn(): Promise<void> {
    this.signal.throwIfAborted()
    await this.seeAbort()
    this.signal.throwIfAborted()
  }

  async finish(result: unknown): Promise<void> {
    await this.close()
    const { owner, report } = this
    const finished = await this.apply({ type: 'finish', at: this.now, owner, result, report })
    if (!finished) throw fenced(this.step)
    await this.stopExecutionIfIdle()
  }

  /** Records why the attempt ended, and answers the error for Step Functions. */
  async fail(error: unknown): Promise<unknown> {
    await this.close()
    const why = this.signal.aborted ? this.signal.reason : error
    const unrecorded = (failure: Error) => this.ports.log.warn('the end was not recorded', failure)
    // What cannot be recorded must not hide why the attempt ended: its lease ends by itself.
    await this.record(why).catch(unrecorded)
    if (why instanceof JobAborted || why instanceof StepFenced) await this.stopExecutionIfIdle()
    return why
  }

  private get now(): Time {
    return timeAt(this.ports.clock.now())
  }

  private get isDue(): boolean {
    return this.ports.clock.now() - this.lookedAt >= this.ports.timing.periodMs
  }

  private async apply(event: StepEvent): Promise<boolean> {
    const outcome = await this.ports.steps.apply(this.step, event, this.step)
    if (outcome.item) this.step = outcome.item
    return outcome.kind !== 'refused'
  }

  private tick(): void {
    if (this.lease.isLate && this.step.abortable === 'checkpoint') this.lease.stop(leaseLost(this.step))
    // A failed look is repeated by the next one; when none gets through, the lease ends the attempt.
    else if (this.isDue) this.lookOnce().catch(() => undefined)
  }

  private lookOnce(): Promise<void> {
    this.looking ??= this.look().finally(() => {
      this.looking = undefined
    })
    return this.looking
  }

  private async look(): Promise<void> {
    this.lookedAt = this.ports.clock.now()
    if (Object.keys(this.report).length > 0 || this.lease.isHalfOver) await this.renew()
    await this.seeAbort()
  }

  private async seeAbort(): Promise<void> {
    const job = await lookForAbort(this.ports, this.step)
    if (job) this.lease.stop(aborted(job, this.step))
  }

  /** What the author reported goes with the renewal; where that fails it is kept for the next one. */
  private async renew(): Promise<void> {
    const { owner, report } = this
    this.report = {}
    const write = (until: Time): Promise<boolean> => {
      const lease_until = laterOf(this.step.lease_until, until)
      return this.apply({ type: 'checkpoint', at: this.now, owner, lease_until, report })
    }
    try {
      await this.lease.renew(write, () => fenced(this.step))
    } catch (error) {
      this.report = { ...report, ...this.report }
      throw error
    }
  }

  private async close(): Promise<void> {
    this.stopWatching()
    this.lease.end()
    await this.looking?.catch(() => undefined)
  }

  private async record(why: unknown): Promise<void> {
    const { owner, report, step, now: at } = this
    if (why instanceof JobAborted || why instanceof StepFenced) {
      const job = await this.ports.jobs.get(step.job_execution_id)
      const abort_request = job?.abort_request ?? null
      await this.apply({ type: 'acknowledge', at, owner, report, abort_request })
      return
    }
    const fault = why instanceof StepOutOfTime ? null : faultOf(why, step)
    await this.apply({ type: 'give-back', at, owner, report, fault })
  }

  /** What the step did is recorded; an execution that could not be stopped now is left to the sweeper. */
  private async stopExecutionIfIdle(): Promise<void> {
    const job = await this.ports.jobs.get(this.step.job_execution_id).catch(() => undefined)
    if (job) await stopIfIdleOrOver(this.ports, job).catch(() => undefined)
  }
}

/** The lease of a step that listens to no signal reaches to its Lambda's end: a renewal must not cut it. */
const laterOf = (a: Time | null, b: Time): Time => (a !== null && a > b ? a : b)
