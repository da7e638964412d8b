import type { AbortRequest, Fault, Time } from '../job/job.ts'
import { refused, same } from '../outcome.ts'
import type { JsonValue } from '../value.ts'
import { type CleaningEvent, cleaning } from './cleaning.ts'
import { askedToStop, repeatsEntry, stoppedAs } from './external.ts'
import { notBefore } from './of-job.ts'
import {
  type ExecutionLife,
  freshStep,
  isBetweenAttempts,
  isLive,
  type Step,
  type StepKey,
  type StepTraits,
} from './step.ts'
import {
  type LeaseTerms,
  moved,
  type Report,
  reported,
  type StepRefusal,
  type StepResult,
} from './written.ts'

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
  | CleaningEvent
  | { type: 'skip'; at: Time; step: NewStep; accepted: Time; abort_request: AbortRequest | null }

type Event<Type extends StepEvent['type']> = Extract<StepEvent, { type: Type }>

export type NewStep = StepKey & StepTraits & { template: string }

/** The step's next item; as `nextJob`. */
export function nextStep(step: Step | undefined, event: StepEvent): StepResult {
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
    default:
      return cleaning(step, event)
  }
}

function claim(
  known: Step | undefined,
  { at, step: named, lease, claimant, anew }: Event<'claim'>,
): StepResult {
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

function checkpoint(step: Step, event: Event<'checkpoint'>): StepResult {
  if (!holds(step, event.owner)) return refused('fenced', step)
  return moved(step, { ...reported(event.report, event.at), lease_until: event.lease_until }, event.at)
}

/** Of a process that lives, fenced or not: as long as it runs, nobody may clean up beside it. */
function heartbeat(step: Step, { at, owner, lease_until }: Event<'heartbeat'>): StepResult {
  const running = step.state === 'ONGOING' || step.state === 'CANCELLING'
  if (!running || step.owner !== owner || step.attempt_ended) return refused('fenced', step)
  return moved(step, { lease_until }, at)
}

function finish(step: Step, { at, owner, result, report }: Event<'finish'>): StepResult {
  if (step.state === 'SUCCEEDED' && step.owner === owner) return same(step)
  if (!holds(step, owner)) return refused('fenced', step)
  const ended = { result, ended_at: at, attempt_ended: true, resumes: false }
  return moved(step, { ...reported(report, at), ...ended, state: 'SUCCEEDED' }, at)
}

/**
 * A failed or timed-out attempt stays ONGOING: whether there is a retry is the state machine's to say. A hook
 * that gives back keeps what the attempt failed of.
 */
function giveBack(step: Step, { at, owner, fault, report, resumes = false }: Event<'give-back'>): StepResult {
  if (step.owner !== owner) return refused('fenced', step)
  if (step.attempt_ended) return same(step)
  if (step.state !== 'ONGOING' || step.fenced) return moved(step, { attempt_ended: true }, at)
  // What stops inside starts no attempt under an abort; the others are not cut by their Lambda's time.
  const goesOn = resumes && step.abortable !== 'checkpoint'
  const change = { attempt_ended: true, fault: fault ?? step.fault, resumes: goesOn }
  return moved(step, { ...reported(report, at), ...change }, at)
}

/** A task that is not ours has had its own retries: it has failed for good. */
function fail(step: Step, { at, owner, fault, stop }: Event<'fail'>): StepResult {
  if (step.state === 'FAILED' && step.owner === owner) return same(step)
  if (!holds(step, owner)) return refused('fenced', step)
  return moved(
    step,
    { ...stoppedAs(step, stop), state: 'FAILED', fault, ended_at: at, attempt_ended: true },
    at,
  )
}

/** The attempt says that it has stopped, fenced or not: that only shortens the wait for its lease. */
function stopped(step: Step, event: Event<'decline'> | Event<'acknowledge'>): StepResult {
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
function fence(step: Step, { at, epoch, abort_request, fault }: Event<'fence'>): StepResult {
  if (step.state !== 'ONGOING') return same(step)
  const raised = { epoch: Math.max(step.epoch, epoch), ...askedToStop(step) }
  if (abort_request) {
    return moved(step, { ...raised, state: 'CANCELLING', fenced: false, resumes: false, abort_request }, at)
  }
  if (step.fenced || step.fault) return same(step)
  return moved(step, { ...raised, fenced: true, fault: fault && { ...fault, module_name: step.name } }, at)
}

/** What is older than the job was left by an expired one of its name. */
function skip(step: Step | undefined, event: Event<'skip'>): StepResult {
  const { at, abort_request, accepted } = event
  if (step && step.updated_at >= accepted) return same(step)
  return moved(
    anewFrom(step, freshStep(event.step, at)),
    { state: 'CANCELLED', ended_at: at, abort_request },
    at,
  )
}
