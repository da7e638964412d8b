import type { Catcher, Retrier } from './definition.ts'

/** A state's failure, with the error name that `Retry` and `Catch` match. */
export class StateFailure extends Error {
  readonly error: string | undefined
  override readonly cause: string | undefined
  constructor(error: string | undefined, cause?: string) {
    super(cause ?? error ?? 'failed')
    this.name = 'StateFailure'
    this.error = error
    this.cause = cause
  }
}

/** The state's flow was stopped: by StopExecution, a time-out or a failing sibling. Never a failure of its own. */
export class Stopped extends Error {
  constructor() {
    super('stopped')
    this.name = 'Stopped'
  }
}

export function asFailure(error: unknown): StateFailure {
  if (error instanceof StateFailure) return error
  return new StateFailure('States.Runtime', error instanceof Error ? error.message : String(error))
}

// https://docs.aws.amazon.com/step-functions/latest/dg/concepts-error-handling.html
function matches(pattern: string, error: string | undefined): boolean {
  if (error === 'States.Runtime') return false
  if (pattern === error) return true
  if (pattern === 'States.ALL') return error !== 'States.DataLimitExceeded'
  if (pattern === 'States.TaskFailed')
    return error !== 'States.Timeout' && error !== 'States.DataLimitExceeded'
  return pattern === 'States.Timeout' && error === 'States.HeartbeatTimeout'
}

function matching<T extends { ErrorEquals: string[] }>(rules: T[] | undefined, failure: StateFailure) {
  return rules?.find((rule) => rule.ErrorEquals.some((pattern) => matches(pattern, failure.error)))
}

export function catcherFor(rules: Catcher[] | undefined, failure: StateFailure): Catcher | undefined {
  return matching(rules, failure)
}

/** Counts how often each retrier was used over one visit of a state. */
export function createRetries(rules: Retrier[] | undefined): (failure: StateFailure) => number | undefined {
  const used = new Map<Retrier, number>()
  return function nextDelay(failure) {
    const rule = matching(rules, failure)
    if (!rule) return undefined
    const retries = used.get(rule) ?? 0
    if (retries >= (rule.MaxAttempts ?? 3)) return undefined
    used.set(rule, retries + 1)
    const backoff = (rule.IntervalSeconds ?? 1) * (rule.BackoffRate ?? 2) ** retries
    const seconds = Math.min(backoff, rule.MaxDelaySeconds ?? Number.POSITIVE_INFINITY)
    return 1000 * (rule.JitterStrategy === 'FULL' ? Math.random() * seconds : seconds)
  }
}
