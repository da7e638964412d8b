import { JobAborted, StepFenced, StepOutOfTime } from '#core/errors.ts'
import type { Fault, Job } from '#core/job/job.ts'
import type { Last, StepEvent } from '#core/step/reducer.ts'
import { type Progress, type Step, stepLabel } from '#core/step/step.ts'
import { plainText } from '#core/text/plain-text.ts'
import type { StepDeps } from '#sdk/deps.ts'
import { logger } from '#sdk/log.ts'
import { endIdle } from './claim.ts'
import { timeAfter } from './time.ts'

export type Claim = { step: Step; job: Job; owner: string; remainingMs: number }

/** An attempt stops itself before its lease ends: others may take the step at that very moment. */
const LEASE_MARGIN = 0.8
/** Kept of the Lambda's time for the last writes. */
const LAST_WRITES_MS = 5_000

/** Holds the claim of one invocation: renews its lease, looks at the abort, keeps what the author tells. */
export class Attempt {
  private readonly deps: StepDeps
  private readonly owner: string
  private readonly controller = new AbortController()
  private readonly watch: NodeJS.Timeout
  private readonly deadline: NodeJS.Timeout
  private step: Step
  private last: Last = {}
  private lookedAt = Date.now()
  private leaseEnds: number
  private looking: Promise<void> | undefined

  constructor(deps: StepDeps, { step, owner, remainingMs }: Claim) {
    this.deps = deps
    this.step = step
    this.owner = owner
    this.leaseEnds = Date.now() + deps.leaseMs * LEASE_MARGIN
    this.watch = setInterval(() => this.tick(), deps.periodMs / 2)
    this.deadline = setTimeout(
      () => this.controller.abort(outOfTime(this.step)),
      Math.max(0, remainingMs - LAST_WRITES_MS),
    )
  }

  get signal(): AbortSignal {
    return this.controller.signal
  }

  progress(progress: Progress): void {
    this.last = { ...this.last, progress }
  }

  async checkpoint(data?: unknown): Promise<void> {
    if (data !== undefined) this.last = { ...this.last, data }
    this.signal.throwIfAborted()
    if (Date.now() - this.lookedAt < this.deps.periodMs) return
    await this.lookOnce().catch((error) => {
      if (Date.now() > this.leaseEnds) throw error
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
    const { owner, last } = this
    const finished = await this.apply({ type: 'finish', at: timeAfter(0), owner, result, last })
    if (!finished) throw fenced(this.step)
    await afterwards(this.deps, this.step)
  }

  /** Records why the attempt ended, and answers the error for Step Functions. */
  async fail(error: unknown): Promise<unknown> {
    await this.close()
    const why = this.signal.aborted ? this.signal.reason : error
    // What cannot be recorded must not hide why the attempt ended: its lease ends by itself.
    await this.record(why).catch((failure: Error) => logger.warn('the end was not recorded', failure))
    if (why instanceof JobAborted || why instanceof StepFenced) await afterwards(this.deps, this.step)
    return why
  }

  private async apply(event: StepEvent): Promise<boolean> {
    const outcome = await this.deps.store.applyStep(this.step, event, this.step)
    if (outcome.item) this.step = outcome.item
    return outcome.kind !== 'refused'
  }

  private tick(): void {
    const late = Date.now() > this.leaseEnds
    if (late && this.step.abortable === 'checkpoint') this.controller.abort(leaseLost(this.step))
    // A failed look is repeated by the next one; when none gets through, the lease ends the attempt.
    else if (Date.now() - this.lookedAt >= this.deps.periodMs) this.lookOnce().catch(() => undefined)
  }

  private lookOnce(): Promise<void> {
    this.looking ??= this.look().finally(() => {
      this.looking = undefined
    })
    return this.looking
  }

  private async look(): Promise<void> {
    this.lookedAt = Date.now()
    const told = Object.keys(this.last).length > 0
    if (told || this.leaseEnds - Date.now() < this.deps.leaseMs / 2) await this.renew()
    await this.seeAbort()
  }

  private async seeAbort(): Promise<void> {
    const seen = await this.deps.store.getJob(this.step.job_execution_id)
    const job = seen && (await this.keepDeadline(seen))
    if (job && stops(job, this.step)) this.controller.abort(aborted(job, this.step))
  }

  /** Sooner than the sweeper's next minute: who keeps a graceful abort waiting looks at the clock, too. */
  private async keepDeadline(job: Job): Promise<Job> {
    const due = job.abort_request?.force_at ?? null
    if (job.abort_request?.mode !== 'graceful' || due === null || due > timeAfter(0)) return job
    const event = { type: 'escalate' as const, at: timeAfter(0) }
    const { item } = await this.deps.store.applyJob(job.job_execution_id, event, job)
    if (item) await endIdle(this.deps, item)
    return item ?? job
  }

  private async renew(): Promise<void> {
    const { owner, last } = this
    const { leaseMs } = this.deps
    this.last = {}
    const until = Date.now() + leaseMs
    const lease_until = laterOf(this.step.lease_until, new Date(until).toISOString())
    try {
      const kept = await this.apply({ type: 'checkpoint', at: timeAfter(0), owner, lease_until, ...last })
      if (kept) this.leaseEnds = until - leaseMs * (1 - LEASE_MARGIN)
      else this.controller.abort(fenced(this.step))
    } catch (error) {
      this.last = { ...last, ...this.last }
      throw error
    }
  }

  private async close(): Promise<void> {
    clearInterval(this.watch)
    clearTimeout(this.deadline)
    await this.looking?.catch(() => undefined)
  }

  private async record(why: unknown): Promise<void> {
    const { step, owner, last } = this
    const job = await this.deps.store.getJob(step.job_execution_id)
    await this.apply(ending(why, { step, owner, last, job }))
  }
}

const laterOf = (a: string | null, b: string): string => (a !== null && a > b ? a : b)

/** A forced abort stops every step; a graceful one only those that stop inside. */
function stops(job: Job, step: Step): boolean {
  if (job.state !== 'CANCELLING') return job.closed !== null || job.ended_at !== null
  return job.abort_request.mode === 'force' || job.closed !== null || step.abortable === 'checkpoint'
}

const aborted = (job: Job, step: Step): JobAborted =>
  new JobAborted(`${stepLabel(step)} stops: the job is ${job.state} (${job.abort_request?.mode ?? 'ended'})`)

const fenced = (step: Step): StepFenced =>
  new StepFenced(`attempt ${step.attempt} of ${stepLabel(step)} lost its claim (now ${step.state})`)

const outOfTime = (step: Step): StepOutOfTime =>
  new StepOutOfTime(`the Lambda's time is nearly over; ${stepLabel(step)} resumes`)

/** Nobody need have taken the step: were it fenced, the job would wait for a stop that never comes. */
const leaseLost = (step: Step): StepOutOfTime =>
  new StepOutOfTime(
    `attempt ${step.attempt} of ${stepLabel(step)} could not renew its lease; the next resumes`,
  )

type Ending = { step: Step; owner: string; last: Last; job: Job | undefined }

function ending(why: unknown, { step, owner, last, job }: Ending): StepEvent {
  const at = timeAfter(0)
  if (why instanceof JobAborted || why instanceof StepFenced) {
    return { type: 'acknowledge', at, owner, last, abort_request: job?.abort_request ?? null }
  }
  return {
    type: 'give-back',
    at,
    owner,
    last,
    fault: why instanceof StepOutOfTime ? null : faultOf(why, step),
  }
}

export function faultOf(error: unknown, step: Pick<Step, 'name'>, functionName = 'run'): Fault {
  const known = error instanceof Error ? error : new Error(String(error))
  return {
    exception: plainText(known.name, 256),
    exception_message: plainText(known.message, 2_000),
    module_name: step.name,
    function_name: functionName,
  }
}

/** What the step did is recorded; an execution that could not be stopped now is left to the sweeper. */
async function afterwards(deps: StepDeps, step: Step): Promise<void> {
  const job = await deps.store.getJob(step.job_execution_id).catch(() => undefined)
  if (job) await endIdle(deps, job).catch(() => undefined)
}
