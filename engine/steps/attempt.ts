import { JobAborted, StepFenced, StepOutOfTime } from '#core/errors.ts'
import type { Job, Time } from '#core/job/job.ts'
import { LAST_WRITES_MS } from '#core/step/last-writes.ts'
import type { StepEvent } from '#core/step/reducer.ts'
import type { Progress, Step } from '#core/step/step.ts'
import type { Report } from '#core/step/written.ts'
import { timeAt } from '#core/time.ts'
import { jsonText } from '#core/value.ts'
import { stopIfIdleOrOver } from '../jobs/stop-if-idle.ts'
import { putResult, roomBeside } from '../values/places.ts'
import { type Certainty, lookForAbort } from './abort-watch.ts'
import { Lease } from './lease.ts'
import { lookMsOf } from './look-pause.ts'
import type { StepPorts } from './ports.ts'
import { Reported } from './reported.ts'
import { aborted, authorsError, faultOf, fenced, leaseLost, outOfTime, overAlready } from './signals.ts'
import type { JobInfo } from './tools.ts'

export type Claim = {
  step: Step
  job: Job
  owner: string
  /** When the lease that was claimed began, in milliseconds. */
  takenAt: number
  deadBy: number
  /** How many steps of the job may run at once. */
  concurrency: number
  /** What the author gets: the last checkpoint of an earlier attempt, and the job. */
  resumeFrom: unknown
  info: JobInfo
}

/** Of the time for the last writes what a large checkpoint has that is not written yet. */
const LAST_VALUE_MS = 3_000

const SHORTEST_TICK_MS = 5

/** One invocation of a step's `run`: keeps what the author reports, sees the abort, records how it ended. */
export class Attempt {
  private readonly ports: StepPorts
  private readonly owner: string
  private readonly lease: Lease
  private readonly lookMs: number
  private readonly stopWatching: () => void
  private step: Step
  private readonly reported: Reported
  private lookedAt: number
  private wroteAt: number
  private looking: Promise<void> | undefined
  private askedInRun = false
  private isOver = false

  constructor(ports: StepPorts, { step, owner, takenAt, deadBy, concurrency }: Claim) {
    const { clock, timing } = ports
    this.ports = ports
    this.step = step
    this.owner = owner
    this.reported = new Reported(ports, step, owner)
    this.lookedAt = clock.now()
    this.wroteAt = this.lookedAt
    this.lookMs = lookMsOf(timing.lookMs, concurrency)
    const ending = { deadBy, lastWritesMs: LAST_WRITES_MS, outOfTime: outOfTime(step) }
    this.lease = new Lease({ clock, leaseMs: timing.leaseMs, takenAt, ...ending })
    const tickMs = Math.min(this.lookMs / 2, Math.max(timing.leaseMs / 10, SHORTEST_TICK_MS))
    this.stopWatching = clock.every(tickMs, () => this.tick())
  }

  get signal(): AbortSignal {
    return this.lease.signal
  }

  get stopping(): AbortSignal {
    return this.lease.stopping
  }

  progress(progress: Progress): void {
    this.reported.report(progress)
  }

  async checkpoint(data?: unknown): Promise<void> {
    if (data !== undefined) this.reported.checkpoint(data)
    this.throwIfAsked()
    if (!this.isDue) return
    await this.lookOnce().catch((error) => {
      if (this.lease.isLate) throw error
    })
    this.throwIfAsked()
  }

  /** Not shared with a look under way, and certain: that one may have read before the abort was written. */
  async pointOfNoReturn(data?: unknown): Promise<void> {
    if (data !== undefined) this.reported.checkpoint(data)
    this.throwIfAsked()
    if (data !== undefined) await this.keepNow()
    await this.seeAbort('certain')
    this.throwIfAsked()
  }

  /** @throws ValueNotKept */
  async finish(returned: unknown): Promise<void> {
    const text = jsonText(returned, { what: `the result of ${this.step.name}` })
    await this.close()
    if (this.askedInRun) this.warnOfSwallowed()
    const { owner } = this
    const report = await this.reported.last()
    const room = roomBeside(report.data ?? this.step.checkpoint)
    const { job_execution_id } = this.step
    const result = await putResult(this.ports.values, { job_execution_id, owner }, { text, room })
    const finished = await this.apply({ type: 'finish', at: this.now, owner, result, report })
    if (!finished) {
      this.lease.stop(fenced(this.step))
      throw this.lease.reason
    }
    await this.stopExecutionIfIdle()
  }

  /** Records why the attempt ended, and answers the error for Step Functions. */
  async fail(error: unknown): Promise<unknown> {
    await this.close()
    const why = this.lease.reason ?? authorsError(error)
    const unrecorded = (failure: Error) => this.ports.log.warn('the end was not recorded', failure)
    // What cannot be recorded must not hide why the attempt ended: its lease ends by itself.
    await this.record(why).catch(unrecorded)
    if (this.lease.reason instanceof JobAborted || this.lease.reason instanceof StepFenced) {
      await this.stopExecutionIfIdle()
    }
    return why
  }

  private get now(): Time {
    return timeAt(this.ports.clock.now())
  }

  private get isDue(): boolean {
    return this.ports.clock.now() - this.lookedAt >= this.lookMs
  }

  private get mayWrite(): boolean {
    return this.ports.clock.now() - this.wroteAt >= this.ports.timing.writeMs
  }

  private throwIfAsked(): void {
    if (this.lease.reason) this.askedInRun = true
    this.lease.throwIfAsked()
    if (this.isOver) throw overAlready(this.step)
  }

  private async apply(event: StepEvent): Promise<boolean> {
    const outcome = await this.ports.steps.apply(this.step, event, this.step)
    if (outcome.item) {
      this.step = outcome.item
      this.reported.written(outcome.item)
    }
    return outcome.kind !== 'refused'
  }

  private tick(): void {
    if (this.lease.isLate) this.lease.stop(leaseLost(this.step))
    // A failed look is repeated by the next one; when none gets through, the lease ends the attempt.
    if (this.isDue || this.lease.isHalfOver) this.lookOnce().catch(() => undefined)
  }

  private lookOnce(): Promise<void> {
    this.looking ??= this.look().finally(() => {
      this.looking = undefined
    })
    return this.looking
  }

  /** Whatever cannot be written, the abort is looked at; and a fenced attempt only says that it still runs. */
  private async look(): Promise<void> {
    this.lookedAt = this.ports.clock.now()
    if (this.signal.aborted) {
      if (this.lease.isHalfOver) await this.renew('heartbeat')
      return
    }
    const [written, seen] = await Promise.allSettled([this.writeIfDue(), this.seeAbort('soon')])
    for (const part of [written, seen]) if (part.status === 'rejected') throw part.reason
  }

  private async writeIfDue(): Promise<void> {
    if (this.mayWrite) this.reported.prepare()
    const hasReport = this.reported.isReady && this.mayWrite
    if (!hasReport && !this.lease.isHalfOver) return
    if (!(await this.renew('checkpoint'))) this.lease.stop(fenced(this.step))
  }

  private async seeAbort(certainty: Certainty): Promise<void> {
    const seen = await lookForAbort(this.ports, this.step, certainty)
    if (seen?.demand === 'now') this.lease.stop(aborted(seen.job, this.step))
    if (seen?.demand === 'at-safe-point') this.lease.ask(aborted(seen.job, this.step))
  }

  /** One write at a time: a look under way must not put an older checkpoint over this one. */
  private async keepNow(): Promise<void> {
    while (this.looking) await this.looking.catch(() => undefined)
    this.looking = this.writeNow().finally(() => {
      this.looking = undefined
    })
    await this.looking
  }

  private async writeNow(): Promise<void> {
    await this.reported.prepared()
    if (!(await this.renew('checkpoint'))) this.lease.stop(fenced(this.step))
  }

  /** What the author reported goes with a checkpoint; where that fails it is kept for the next one. */
  private async renew(type: 'checkpoint' | 'heartbeat'): Promise<boolean> {
    const { owner } = this
    this.wroteAt = this.ports.clock.now()
    const report = type === 'checkpoint' ? this.reported.take() : {}
    const more = type === 'checkpoint' ? { type, report } : { type }
    try {
      return await this.lease.renew((lease_until) =>
        this.apply({ ...more, at: this.now, owner, lease_until }),
      )
    } catch (error) {
      this.reported.putBack(report)
      throw error
    }
  }

  private async close(): Promise<void> {
    this.isOver = true
    this.stopWatching()
    this.lease.end()
    await this.looking?.catch(() => undefined)
  }

  private async record(why: unknown): Promise<void> {
    const { owner, step } = this
    const report = await this.lastReport()
    const { now: at } = this
    const { reason } = this.lease
    if (reason instanceof JobAborted || reason instanceof StepFenced) {
      const job = await this.ports.jobs.get(step.job_execution_id)
      const abort_request = job?.abort_request ?? null
      await this.apply({ type: 'acknowledge', at, owner, report, abort_request })
      return
    }
    const resumes = reason instanceof StepOutOfTime
    const fault = resumes ? null : faultOf(why, step)
    await this.apply({ type: 'give-back', at, owner, report, fault, resumes })
  }

  /**
   * That the attempt has ended is recorded, whatever becomes of its last checkpoint, and soon: who resumes, or cleans
   * up, then has an earlier one.
   */
  private async lastReport(): Promise<Report> {
    const { clock, log } = this.ports
    const { promise: late, reject } = Promise.withResolvers<never>()
    const stop = clock.after(LAST_VALUE_MS, () => reject(new Error('it takes too long')))
    try {
      return await Promise.race([this.reported.last(), late])
    } catch (error) {
      log.warn('the last checkpoint could not be kept', error as Error)
      return this.reported.take()
    } finally {
      stop()
    }
  }

  private warnOfSwallowed(): void {
    const text = `the step ${this.step.name} returned although it was told to stop: let the error of checkpoint() pass`
    this.ports.log.warn(text, this.lease.reason ?? new Error('no reason'))
  }

  /** What the step did is recorded; an execution that could not be stopped now is left to the sweeper. */
  private async stopExecutionIfIdle(): Promise<void> {
    const job = await this.ports.jobs.get(this.step.job_execution_id).catch(() => undefined)
    if (job) await stopIfIdleOrOver(this.ports, job).catch(() => undefined)
  }
}
