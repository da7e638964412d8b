import type { Hook } from '../clean-up/hook.ts'
import { isLeftBehind } from '../clean-up/left-behind.ts'
import { awaitsCleanUp } from '../clean-up/unfinished.ts'
import type { AbortRequest, Fault, Time } from '../job/job.ts'
import { LAYOUT } from '../layout.ts'
import { counted } from '../notifications/noun.ts'
import { STEP_RULES } from '../notifications/rules.ts'
import { type Outcome, refused, same, write } from '../outcome.ts'
import type { JsonValue } from '../value.ts'
import { askedToStop, repeatsEntry, stoppedAs } from './external.ts'
import { notBefore } from './of-job.ts'
import {
  type CleanUp,
  type ExecutionLife,
  freshStep,
  isBetweenAttempts,
  isLive,
  type Progress,
  type Step,
  type StepKey,
  type StepTraits,
} from './step.ts'

/** A lease: who holds it, until when it holds, and when the Lambda behind it is certainly over. */
export type LeaseTerms = { owner: string; epoch: number; lease_until: Time; dead_by: Time }

/** What the author reported and no write has kept yet. */
export type Report = { data?: JsonValue; progress?: Progress }

/** Who claims: which execution, by which version of its function. */
export type Claimant = ExecutionLife & { function_arn: string | null }

export type StepEvent =
  | { type: 'claim'; at: Time; step: NewStep; lease: LeaseTerms; claimant: Claimant; anew?: boolean }
  | { type: 'decline'; at: Time; owner: string; abort_request: AbortRequest | null }
  | { type: 'checkpoint'; at: Time; owner: string; lease_until: Time; report?: Report }
  | { type: 'heartbeat'; at: Time; owner: string; lease_until: Time }
  | { type: 'finish'; at: Time; owner: string; result: JsonValue; report?: Report }
  | { type: 'give-back'; at: Time; owner: string; fault: Fault | null; report?: Report; resumes?: boolean }
  | { type: 'fail'; at: Time; owner: string; fault: Fault; stop: 'requested' | null }
  | { type: 'acknowledge'; at: Time; owner: string; abort_request: AbortRequest | null; report?: Report }
  | { type: 'fence'; at: Time; epoch: number; abort_request: AbortRequest | null; fault: Fault | null }
  | { type: 'take-over'; at: Time; lease: LeaseTerms; hook: Hook; call: string; run?: number }
  | { type: 'keep'; at: Time; owner: string; data?: JsonValue; lease_until: Time }
  | {
      type: 'cleaned'
      at: Time
      owner: string | null
      abort_request: AbortRequest | null
      ran: boolean
      /** A look has shown that the work which was asked to stop is over. */
      seen_ended?: boolean
    }
  | { type: 'work-ended'; at: Time; owner: string }
  | {
      type: 'clean-up-failed'
      at: Time
      hook: Hook
      call: string
      run?: number
      fault: Fault
      abort_request: AbortRequest | null
    }
  | { type: 'skip'; at: Time; step: NewStep; accepted: Time; abort_request: AbortRequest | null }

type Event<Type extends StepEvent['type']> = Extract<StepEvent, { type: Type }>

export type NewStep = StepKey & StepTraits & { template: string }

/**
 * `busy`: a live lease; `done`: it has its result; `fenced`: not this owner's; `over`: ended or cancelled;
 * `taken`: by another execution, or an earlier one of the same name.
 */
export type StepRefusal = 'unknown' | 'busy' | 'done' | 'fenced' | 'over' | 'taken'
type Result = Outcome<Step, StepRefusal>

/** The step's next item; as `nextJob`. */
export function nextStep(step: Step | undefined, event: StepEvent): Result {
  if (event.type === 'claim') return claim(step, event)
  if (event.type === 'skip') return skip(step, event)
  if (!step) return refused<Step, StepRefusal>('unknown', undefined)
  switch (event.type) {
    case 'checkpoint':
      return checkpoint(step, event)
    case 'heartbeat':
      return heartbeat(step, event)
    case 'finish':
      return finish(step, event)
    case 'give-back':
      return giveBack(step, event)
    case 'fail':
      return fail(step, event)
    case 'decline':
    case 'acknowledge':
      return stopped(step, event)
    case 'fence':
      return fence(step, event)
    case 'take-over':
      return takeOver(step, event)
    case 'keep':
      return keep(step, event)
    case 'cleaned':
      return cleaned(step, event)
    case 'work-ended':
      return workEnded(step, event)
    case 'clean-up-failed':
      return failed(step, event)
  }
}

/** Counts the write, and the notifications that it means. The first write of a step has no item before it. */
const moved = (from: Step, change: Partial<Step>, at: Time): Result => {
  const before = from.version === 0 ? undefined : from
  // Clocks of two Lambdas differ: what is later must never be listed before what came earlier.
  const updated_at = from.updated_at > at ? from.updated_at : at
  const after: Step = { ...from, ...change, layout: LAYOUT, updated_at, version: from.version + 1 }
  return write(counted(STEP_RULES, { before, after }))
}

function claim(known: Step | undefined, { at, step: named, lease, claimant, anew }: Event<'claim'>): Result {
  if (known && !belongsTo(known, claimant) && !anew) return refused('taken', known)
  const from = known && belongsTo(known, claimant) ? known : anewFrom(known, freshStep(named, at))
  if (from.owner === lease.owner && holdsOn(from)) return same(from)
  if (from.state === 'SUCCEEDED') return refused('done', from)
  if (from.state !== 'PENDING' && from.state !== 'ONGOING') return refused('over', from)
  if (from.fenced || from.epoch > lease.epoch) return refused('fenced', from)
  if (isLive(from, at) && !repeatsEntry(from, named)) return refused('busy', from)
  const attempt = from.attempt + 1
  // Only what an attempt gave back itself goes on under an abort: after one that died the execution is stopped.
  const resumes = isBetweenAttempts(from)
  const taken = { ...lease, ...claimant, attempt, attempt_ended: false, resumes, touched: true, fault: null }
  const external = named.external ? { external: named.external } : {}
  return moved(from, { ...taken, ...external, state: 'ONGOING', started_at: from.started_at ?? at }, at)
}

/** Items of layout 1, and of steps that were never claimed, do not say whose they are: when they were written does. */
function belongsTo(step: Step, { execution_arn, execution_started_at: started }: ExecutionLife): boolean {
  if (step.execution_arn === null) return started === '' || step.updated_at >= notBefore(started)
  return step.execution_arn === execution_arn && step.execution_started_at === started
}

/** What an expired job of the same name left: its item is overwritten, so the counts go on from there. */
const anewFrom = (left: Step | undefined, step: Step): Step =>
  left ? { ...step, version: left.version, notified: 0 } : step

/**
 * A repeat of a claim whose reply was lost is answered as the claim that it was, also when a stand-down has
 * fenced the step between the write and the repeat: the claimer then reads the job, and declines.
 */
const holdsOn = (step: Step): boolean =>
  step.state === 'ONGOING' || (step.state === 'CANCELLING' && !step.attempt_ended)

const holds = (step: Step, owner: string): boolean =>
  step.state === 'ONGOING' && !step.fenced && step.owner === owner && !step.attempt_ended

function checkpoint(step: Step, event: Event<'checkpoint'>): Result {
  if (!holds(step, event.owner)) return refused('fenced', step)
  return moved(step, { ...reported(event.report, event.at), lease_until: event.lease_until }, event.at)
}

/** Of a process that lives, fenced or not: as long as it runs, nobody may clean up beside it. */
function heartbeat(step: Step, { at, owner, lease_until }: Event<'heartbeat'>): Result {
  const running = step.state === 'ONGOING' || step.state === 'CANCELLING'
  if (!running || step.owner !== owner || step.attempt_ended) return refused('fenced', step)
  return moved(step, { lease_until }, at)
}

const reported = (report: Report | undefined, at: Time): Partial<Step> => ({
  ...(report?.data === undefined ? {} : { checkpoint: report.data, checkpoint_at: at }),
  ...(report?.progress === undefined ? {} : { progress: report.progress }),
})

function finish(step: Step, { at, owner, result, report }: Event<'finish'>): Result {
  if (step.state === 'SUCCEEDED' && step.owner === owner) return same(step)
  if (!holds(step, owner)) return refused('fenced', step)
  const ended = { result, ended_at: at, attempt_ended: true, resumes: false }
  return moved(step, { ...reported(report, at), ...ended, state: 'SUCCEEDED' }, at)
}

/**
 * A failed or timed-out attempt stays ONGOING: whether there is a retry is the state machine's to say. A hook
 * that gives back keeps what the attempt failed of.
 */
function giveBack(step: Step, { at, owner, fault, report, resumes = false }: Event<'give-back'>): Result {
  if (step.owner !== owner) return refused('fenced', step)
  if (step.attempt_ended) return same(step)
  if (step.state !== 'ONGOING' || step.fenced) return moved(step, { attempt_ended: true }, at)
  // What stops inside starts no attempt under an abort; the others are not cut by their Lambda's time.
  const goesOn = resumes && step.abortable !== 'checkpoint'
  const change = { attempt_ended: true, fault: fault ?? step.fault, resumes: goesOn }
  return moved(step, { ...reported(report, at), ...change }, at)
}

/** A task that is not ours has had its own retries: it has failed for good. */
function fail(step: Step, { at, owner, fault, stop }: Event<'fail'>): Result {
  if (step.state === 'FAILED' && step.owner === owner) return same(step)
  if (!holds(step, owner)) return refused('fenced', step)
  return moved(
    step,
    { ...stoppedAs(step, stop), state: 'FAILED', fault, ended_at: at, attempt_ended: true },
    at,
  )
}

/** The attempt says that it has stopped, fenced or not: that only shortens the wait for its lease. */
function stopped(step: Step, event: Event<'decline'> | Event<'acknowledge'>): Result {
  const { at, owner, abort_request } = event
  if (step.owner !== owner) return refused('fenced', step)
  // What an earlier attempt did stays; an earlier claim of a task that is not ours did nothing.
  const untouched = event.type === 'decline' ? { touched: step.attempt > 1 && !step.external } : {}
  if (step.state === 'CANCELLING') {
    return step.attempt_ended ? same(step) : moved(step, { ...untouched, attempt_ended: true }, at)
  }
  if (step.state !== 'ONGOING') return refused('fenced', step)
  const report = event.type === 'acknowledge' && !step.fenced ? reported(event.report, at) : {}
  const ended = { attempt_ended: true, fenced: false, fault: null, resumes: false }
  return moved(step, { ...untouched, ...report, ...ended, state: 'CANCELLING', abort_request }, at)
}

/**
 * From here on an attempt may write only that it lives and that it has stopped. Where nobody aborts the job, the
 * step keeps what its execution ended of: an attempt that never says anything has failed of it.
 */
function fence(step: Step, { at, epoch, abort_request, fault }: Event<'fence'>): Result {
  if (step.state !== 'ONGOING') return same(step)
  const raised = { epoch: Math.max(step.epoch, epoch), ...askedToStop(step) }
  if (abort_request) {
    return moved(step, { ...raised, state: 'CANCELLING', fenced: false, resumes: false, abort_request }, at)
  }
  if (step.fenced || step.fault) return same(step)
  return moved(step, { ...raised, fenced: true, fault: fault && { ...fault, module_name: step.name } }, at)
}

/** A clean-up or revert takes the item, once nobody can be running the step any more. */
function takeOver(step: Step, { at, lease, hook, call, run }: Event<'take-over'>): Result {
  // Not by a late call of what went before: a repetition is its run's alone.
  const repeats = run !== undefined && isLeftBehind(step) && run >= (step.clean_up?.run ?? 0)
  const open = step.state === 'FAILED' ? repeats || awaitsCleanUp(step) : mayBeCleaned(step)
  if (!open) return refused('done', step)
  if (step.owner === lease.owner) return same(step)
  if (step.epoch > lease.epoch) return refused('fenced', step)
  if (isLive(step, at)) return refused('busy', step)
  const fault = step.clean_up?.fault ?? null
  const clean_up = { hook, call, fault, again: step.state === 'FAILED', ...runOf(run) }
  return moved(step, { ...lease, attempt_ended: false, clean_up }, at)
}

const runOf = (run: number | undefined): { run?: number } => (run === undefined ? {} : { run })

/** Not ended; or FAILED, and its clean-up is being repeated. */
const mayBeCleaned = (step: Step): boolean =>
  step.state === 'FAILED' ? Boolean(step.clean_up?.again) : step.state !== 'CANCELLED'

function keep(step: Step, { at, owner, data, lease_until }: Event<'keep'>): Result {
  if (step.owner !== owner || !mayBeCleaned(step)) return refused('fenced', step)
  // Without data it only says that the hook still runs.
  return moved(step, { ...reported({ ...(data ? { data } : {}) }, at), lease_until }, at)
}

function cleaned(step: Step, { at, owner, abort_request, ran, seen_ended }: Event<'cleaned'>): Result {
  if (!mayBeCleaned(step)) return same(step)
  if (step.owner !== owner) return refused('fenced', step)
  const clean_up = step.clean_up && { ...step.clean_up, fault: null, again: false }
  const seen = seen_ended ? stoppedAs(step, 'ended') : {}
  const ended = { cleaned_up: ran, clean_up, attempt_ended: true, ended_at: step.ended_at ?? at, ...seen }
  const state = step.state === 'ONGOING' || step.state === 'FAILED' ? 'FAILED' : 'CANCELLED'
  return moved(step, { ...ended, state, abort_request: abort_request ?? step.abort_request }, at)
}

/** What it started has been seen to have ended; its author's clean-up, another call, comes next, in this run, too. */
function workEnded(step: Step, { at, owner }: Event<'work-ended'>): Result {
  if (step.owner !== owner || !mayBeCleaned(step)) return refused('fenced', step)
  const { run: _run, ...clean_up } = step.clean_up ?? {}
  const kept = step.clean_up && { clean_up: clean_up as CleanUp }
  return moved(step, { ...stoppedAs(step, 'ended'), ...kept, attempt_ended: true }, at)
}

/** Refused when another call has taken the step since: its outcome counts. */
function failed(step: Step, { at, hook, call, run, fault, ...event }: Event<'clean-up-failed'>): Result {
  // A repetition whose function cannot even be invoked has taken nothing up, and is over all the same.
  const neverTaken = run !== undefined && isLeftBehind(step) && step.clean_up?.run !== run
  if (!mayBeCleaned(step) && !neverTaken && !awaitsCleanUp(step)) return same(step)
  if (!neverTaken && step.clean_up && step.clean_up.call !== call) return refused('fenced', step)
  if (isLive(step, at)) return refused('busy', step)
  const abort_request = event.abort_request ?? step.abort_request
  const clean_up = { hook: step.clean_up?.hook ?? hook, call, fault, again: false, ...runOf(run) }
  const ended = { attempt_ended: true, ended_at: step.ended_at ?? at }
  return moved(step, { ...ended, state: 'FAILED', clean_up, abort_request }, at)
}

/** What is older than the job was left by an expired one of its name. */
function skip(step: Step | undefined, event: Event<'skip'>): Result {
  const { at, abort_request, accepted } = event
  if (step && step.updated_at >= accepted) return same(step)
  return moved(
    anewFrom(step, freshStep(event.step, at)),
    { state: 'CANCELLED', ended_at: at, abort_request },
    at,
  )
}
