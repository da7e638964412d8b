import { JobAborted, StepFenced, StepOutOfTime } from '#core/errors.ts'
import type { Fault, Job } from '#core/job.ts'
import { type Progress, type Step, stepLabel } from '#core/step.ts'
import type { Last, StepEvent } from '#core/step-reducer.ts'
import { endIdle } from './claim.ts'
import type { StepDeps } from './deps.ts'
import { timeAfter } from './time.ts'

type Claim = { step: Step; job: Job; owner: string; remainingMs: number }

/** An attempt stops itself before its lease ends: others may take the step at that very moment. */
const LEASE_MARGIN = 0.8
/** Kept of the Lambda's time for the last writes. */
const LAST_WRITES_MS = 5_000

export type Attempt = {
  signal: AbortSignal
  checkpoint(data?: unknown): Promise<void>
  progress(progress: Progress): void
  finish(result: unknown): Promise<void>
  /** Records why the attempt ended, and answers the error for Step Functions. */
  fail(error: unknown): Promise<unknown>
}

/** Holds the claim of one invocation: renews its lease, looks at the abort, keeps what the author tells. */
export function openAttempt(deps: StepDeps, claim: Claim): Attempt {
  const { owner } = claim
  const controller = new AbortController()
  let step = claim.step
  let last: Last = {}
  let lookedAt = Date.now()
  let leaseEnds = Date.now() + deps.leaseMs * LEASE_MARGIN
  let looking: Promise<void> | undefined

  const apply = async (event: StepEvent): Promise<boolean> => {
    const outcome = await deps.store.applyStep(step, event, step)
    if (outcome.item) step = outcome.item
    return outcome.kind !== 'refused'
  }

  const renew = async (): Promise<void> => {
    const told = last
    last = {}
    const until = Date.now() + deps.leaseMs
    const lease_until = laterOf(step.lease_until, new Date(until).toISOString())
    try {
      if (await apply({ type: 'checkpoint', at: timeAfter(0), owner, lease_until, ...told })) {
        leaseEnds = until - deps.leaseMs * (1 - LEASE_MARGIN)
      } else controller.abort(fenced(step))
    } catch (error) {
      last = { ...told, ...last }
      throw error
    }
  }

  const due = (): boolean => Object.keys(last).length > 0 || leaseEnds - Date.now() < deps.leaseMs / 2

  const look = async (): Promise<void> => {
    lookedAt = Date.now()
    if (due()) await renew()
    const job = await deps.store.getJob(step.job_execution_id)
    if (job && stops(job, step)) controller.abort(aborted(job, step))
  }

  const lookOnce = (): Promise<void> => {
    looking ??= look().finally(() => {
      looking = undefined
    })
    return looking
  }

  const watch = setInterval(() => {
    if (Date.now() > leaseEnds && step.abortable === 'checkpoint') controller.abort(leaseLost(step))
    // A failed look is repeated by the next one; when none gets through, the lease ends the attempt.
    else if (Date.now() - lookedAt >= deps.periodMs) lookOnce().catch(() => undefined)
  }, deps.periodMs / 2)
  const deadline = setTimeout(
    () => controller.abort(new StepOutOfTime(`the Lambda's time is nearly over; ${stepLabel(step)} resumes`)),
    Math.max(0, claim.remainingMs - LAST_WRITES_MS),
  )

  const close = async (): Promise<void> => {
    clearInterval(watch)
    clearTimeout(deadline)
    await looking?.catch(() => undefined)
  }

  const record = async (why: unknown): Promise<void> => {
    const job = await deps.store.getJob(step.job_execution_id)
    await apply(ending(why, { step, owner, last, job }))
  }

  return {
    signal: controller.signal,
    progress: (progress) => {
      last = { ...last, progress }
    },
    checkpoint: async (data) => {
      if (data !== undefined) last = { ...last, data }
      controller.signal.throwIfAborted()
      if (Date.now() - lookedAt < deps.periodMs) return
      await lookOnce().catch((error) => {
        if (Date.now() > leaseEnds) throw error
      })
      controller.signal.throwIfAborted()
    },
    finish: async (result) => {
      await close()
      if (!(await apply({ type: 'finish', at: timeAfter(0), owner, result, last }))) throw fenced(step)
      await afterwards(deps, step)
    },
    fail: async (error) => {
      await close()
      const why = controller.signal.aborted ? controller.signal.reason : error
      // What cannot be recorded must not hide why the attempt ended: its lease ends by itself.
      await record(why).catch(() => undefined)
      if (why instanceof JobAborted || why instanceof StepFenced) await afterwards(deps, step)
      return why
    },
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
    exception: known.name,
    exception_message: known.message.slice(0, 2_000),
    module_name: step.name,
    function_name: functionName,
  }
}

/** What the step did is recorded; an execution that could not be stopped now is left to the sweeper. */
async function afterwards(deps: StepDeps, step: Step): Promise<void> {
  const job = await deps.store.getJob(step.job_execution_id).catch(() => undefined)
  if (job) await endIdle(deps, job).catch(() => undefined)
}
