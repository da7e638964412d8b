import type { Hook } from '../clean-up/hook.ts'
import { isLeftBehind } from '../clean-up/left-behind.ts'
import { awaitsCleanUp } from '../clean-up/unfinished.ts'
import type { AbortRequest, Fault, Time } from '../job/job.ts'
import { refused, same } from '../outcome.ts'
import type { JsonValue } from '../value.ts'
import { stoppedAs } from './external.ts'
import { type CleanUp, isLive, type Step } from './step.ts'
import { type LeaseTerms, moved, reported, type StepResult } from './written.ts'

/** What happens to a step once its clean-ups and reverts have the word. */
export type CleaningEvent =
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

type Event<Type extends CleaningEvent['type']> = Extract<CleaningEvent, { type: Type }>

export function cleaning(step: Step, event: CleaningEvent): StepResult {
  switch (event.type) {
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

/** A clean-up or revert takes the item, once nobody can be running the step any more. */
function takeOver(step: Step, { at, lease, hook, call, run }: Event<'take-over'>): StepResult {
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

function keep(step: Step, { at, owner, data, lease_until }: Event<'keep'>): StepResult {
  if (step.owner !== owner || !mayBeCleaned(step)) return refused('fenced', step)
  // Without data it only says that the hook still runs.
  return moved(step, { ...reported({ ...(data ? { data } : {}) }, at), lease_until }, at)
}

function cleaned(step: Step, { at, owner, abort_request, ran, seen_ended }: Event<'cleaned'>): StepResult {
  if (!mayBeCleaned(step)) return same(step)
  if (step.owner !== owner) return refused('fenced', step)
  const clean_up = step.clean_up && { ...step.clean_up, fault: null, again: false }
  const seen = seen_ended ? stoppedAs(step, 'ended') : {}
  const ended = { cleaned_up: ran, clean_up, attempt_ended: true, ended_at: step.ended_at ?? at, ...seen }
  const state = step.state === 'ONGOING' || step.state === 'FAILED' ? 'FAILED' : 'CANCELLED'
  return moved(step, { ...ended, state, abort_request: abort_request ?? step.abort_request }, at)
}

/** What it started has been seen to have ended; its author's clean-up, another call, comes next, in this run, too. */
function workEnded(step: Step, { at, owner }: Event<'work-ended'>): StepResult {
  if (step.owner !== owner || !mayBeCleaned(step)) return refused('fenced', step)
  const { run: _run, ...clean_up } = step.clean_up ?? {}
  const kept = step.clean_up && { clean_up: clean_up as CleanUp }
  return moved(step, { ...stoppedAs(step, 'ended'), ...kept, attempt_ended: true }, at)
}

/** Refused when another call has taken the step since: its outcome counts. */
function failed(step: Step, { at, hook, call, run, fault, ...event }: Event<'clean-up-failed'>): StepResult {
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
