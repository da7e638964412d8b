import type { AbortRequest, Fault, Time } from '../job/job.ts'
import { counted } from '../notifications/noun.ts'
import { STEP_RULES } from '../notifications/rules.ts'
import { type Outcome, refused, same, write } from '../outcome.ts'
import { type Abortable, isLive, type Progress, type Step, type StepKey } from './step.ts'

/** A lease: who holds it, until when it holds, and when the Lambda behind it is certainly over. */
export type Lease = { owner: string; epoch: number; lease_until: Time; dead_by: Time }

/** What the author reported and no write has kept yet. */
export type Report = { data?: unknown; progress?: Progress }

export type StepEvent =
  | { type: 'claim'; at: Time; step: NewStep; lease: Lease }
  | { type: 'decline'; at: Time; owner: string; abort_request: AbortRequest | null }
  | { type: 'checkpoint'; at: Time; owner: string; lease_until: Time; report?: Report }
  | { type: 'finish'; at: Time; owner: string; result: unknown; report?: Report }
  | { type: 'give-back'; at: Time; owner: string; fault: Fault | null; report?: Report }
  | { type: 'acknowledge'; at: Time; owner: string; abort_request: AbortRequest | null; report?: Report }
  | { type: 'fence'; at: Time; epoch: number; abort_request: AbortRequest | null }
  | { type: 'take-over'; at: Time; lease: Lease }
  | { type: 'keep'; at: Time; owner: string; data: unknown; lease_until: Time }
  | { type: 'cleaned'; at: Time; owner: string | null; abort_request: AbortRequest | null }
  | { type: 'clean-up-failed'; at: Time; fault: Fault; abort_request: AbortRequest | null }
  | { type: 'skip'; at: Time; step: NewStep; abort_request: AbortRequest | null }

export type NewStep = StepKey & { template: string; abortable: Abortable }

/** `busy`: a live lease; `done`: it has its result; `fenced`: not this owner's; `over`: ended or cancelled. */
export type StepRefusal = 'unknown' | 'busy' | 'done' | 'fenced' | 'over'
type Result = Outcome<Step, StepRefusal>

/** The step's next item; as `nextJob`. */
export function nextStep(step: Step | undefined, event: StepEvent): Result {
  if (event.type === 'claim') return claim(step, event)
  if (event.type === 'skip') return skip(step, event)
  if (!step) return refused<Step, StepRefusal>('unknown', undefined)
  switch (event.type) {
    case 'checkpoint':
      return checkpoint(step, event)
    case 'finish':
      return finish(step, event)
    case 'give-back':
      return giveBack(step, event)
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
    case 'clean-up-failed':
      return failed(step, event)
  }
}

const fresh = (step: NewStep, at: Time): Step => ({
  kind: 'step',
  ...step,
  state: 'PENDING',
  attempt: 0,
  owner: null,
  epoch: 0,
  started_at: null,
  ended_at: null,
  updated_at: at,
  lease_until: null,
  dead_by: null,
  attempt_ended: false,
  touched: false,
  progress: null,
  checkpoint: null,
  checkpoint_at: null,
  result: null,
  fault: null,
  cleaned_up: false,
  abort_request: null,
  version: 0,
  notified: 0,
})

/** Counts the write, and the notifications that it means. The first write of a step has no item before it. */
const moved = (from: Step, change: Partial<Step>, at: Time): Result => {
  const before = from.version === 0 ? undefined : from
  const after: Step = { ...from, ...change, updated_at: at, version: from.version + 1 }
  return write(counted(STEP_RULES, { before, after }))
}

function claim(
  step: Step | undefined,
  { at, step: named, lease }: Extract<StepEvent, { type: 'claim' }>,
): Result {
  const from = step ?? fresh(named, at)
  if (from.owner === lease.owner && holdsOn(from)) return same(from)
  if (from.state === 'SUCCEEDED') return refused('done', from)
  if (from.state !== 'PENDING' && from.state !== 'ONGOING') return refused('over', from)
  if (from.epoch > lease.epoch) return refused('fenced', from)
  if (isLive(from, at)) return refused('busy', from)
  const attempt = from.attempt + 1
  const taken = { ...lease, attempt, attempt_ended: false, touched: true, fault: null }
  return moved(from, { ...taken, state: 'ONGOING', started_at: from.started_at ?? at }, at)
}

/**
 * A repeat of a claim whose reply was lost is answered as the claim that it was, also when a stand-down has
 * fenced the step between the write and the repeat: the claimer then reads the job, and declines.
 */
const holdsOn = (step: Step): boolean =>
  step.state === 'ONGOING' || (step.state === 'CANCELLING' && !step.attempt_ended)

const holds = (step: Step, owner: string): boolean => step.state === 'ONGOING' && step.owner === owner

function checkpoint(step: Step, event: Extract<StepEvent, { type: 'checkpoint' }>): Result {
  if (!holds(step, event.owner)) return refused('fenced', step)
  return moved(step, { ...reported(event.report, event.at), lease_until: event.lease_until }, event.at)
}

const reported = (report: Report | undefined, at: Time): Partial<Step> => ({
  ...(report?.data === undefined ? {} : { checkpoint: report.data, checkpoint_at: at }),
  ...(report?.progress === undefined ? {} : { progress: report.progress }),
})

function finish(step: Step, { at, owner, result, report }: Extract<StepEvent, { type: 'finish' }>): Result {
  if (step.state === 'SUCCEEDED' && step.owner === owner) return same(step)
  if (!holds(step, owner)) return refused('fenced', step)
  return moved(
    step,
    { ...reported(report, at), state: 'SUCCEEDED', result, ended_at: at, attempt_ended: true },
    at,
  )
}

/**
 * A failed or timed-out attempt stays ONGOING: whether there is a retry is the state machine's to say. A hook
 * that gives back keeps what the attempt failed of.
 */
function giveBack(
  step: Step,
  { at, owner, fault, report }: Extract<StepEvent, { type: 'give-back' }>,
): Result {
  if (step.owner !== owner) return refused('fenced', step)
  if (step.attempt_ended) return same(step)
  if (step.state !== 'ONGOING') return moved(step, { attempt_ended: true }, at)
  return moved(step, { ...reported(report, at), attempt_ended: true, fault: fault ?? step.fault }, at)
}

/**
 * The attempt says that it has stopped for the abort. It is the one write left to a fenced attempt: it
 * only shortens the wait for its lease.
 */
function stopped(step: Step, event: Extract<StepEvent, { type: 'decline' | 'acknowledge' }>): Result {
  const { at, owner, abort_request } = event
  if (step.owner !== owner) return refused('fenced', step)
  const untouched = event.type === 'decline' ? { touched: step.attempt > 1 } : {}
  if (step.state === 'CANCELLING') {
    return step.attempt_ended ? same(step) : moved(step, { ...untouched, attempt_ended: true }, at)
  }
  if (step.state !== 'ONGOING') return refused('fenced', step)
  const change = event.type === 'decline' ? untouched : reported(event.report, at)
  return moved(step, { ...change, state: 'CANCELLING', attempt_ended: true, abort_request }, at)
}

/** From here on every write of the attempt but its acknowledgement is refused. */
function fence(step: Step, { at, epoch, abort_request }: Extract<StepEvent, { type: 'fence' }>): Result {
  if (step.state !== 'ONGOING') return same(step)
  if (step.fault && !abort_request) return same(step)
  return moved(step, { state: 'CANCELLING', epoch: Math.max(step.epoch, epoch), abort_request }, at)
}

/** A clean-up or revert takes the item, once nobody can be running the step any more. */
function takeOver(step: Step, { at, lease }: Extract<StepEvent, { type: 'take-over' }>): Result {
  if (step.state === 'CANCELLED' || step.state === 'FAILED') return refused('done', step)
  if (step.owner === lease.owner) return same(step)
  if (step.epoch > lease.epoch) return refused('fenced', step)
  if (isLive(step, at)) return refused('busy', step)
  return moved(step, { ...lease, attempt_ended: false }, at)
}

function keep(step: Step, { at, owner, data, lease_until }: Extract<StepEvent, { type: 'keep' }>): Result {
  if (step.owner !== owner || step.state === 'CANCELLED' || step.state === 'FAILED') {
    return refused('fenced', step)
  }
  return moved(step, { checkpoint: data, checkpoint_at: at, lease_until }, at)
}

function cleaned(step: Step, { at, owner, abort_request }: Extract<StepEvent, { type: 'cleaned' }>): Result {
  if (step.state === 'CANCELLED' || step.state === 'FAILED') return same(step)
  if (step.owner !== owner) return refused('fenced', step)
  const ended = { cleaned_up: true, attempt_ended: true, ended_at: at }
  const state = step.state === 'ONGOING' ? 'FAILED' : 'CANCELLED'
  return moved(step, { ...ended, state, abort_request: abort_request ?? step.abort_request }, at)
}

function failed(step: Step, event: Extract<StepEvent, { type: 'clean-up-failed' }>): Result {
  if (step.state === 'CANCELLED' || step.state === 'FAILED') return same(step)
  const { at, fault } = event
  const abort_request = event.abort_request ?? step.abort_request
  return moved(step, { state: 'FAILED', fault, abort_request, attempt_ended: true, ended_at: at }, at)
}

function skip(step: Step | undefined, event: Extract<StepEvent, { type: 'skip' }>): Result {
  if (step) return same(step)
  const { at, abort_request } = event
  return moved(fresh(event.step, at), { state: 'CANCELLED', ended_at: at, abort_request }, at)
}
