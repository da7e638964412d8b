import { ERROR_NAMES } from '#core/errors.ts'
import type { Catcher, Retrier } from '../definition.ts'

/** The errors that end a step for good: no Retry repeats them, no author's Catch sees them. */
export const STOPPED = [ERROR_NAMES.JobAborted, ERROR_NAMES.StepFenced]

/** Before the author's. A busy step waits for another attempt's lease; one out of time resumes. */
const OURS: Retrier[] = [
  { ErrorEquals: STOPPED, MaxAttempts: 0 },
  { ErrorEquals: [ERROR_NAMES.StepBusy], IntervalSeconds: 5, BackoffRate: 1, MaxAttempts: 360 },
  { ErrorEquals: [ERROR_NAMES.StepOutOfTime], IntervalSeconds: 1, BackoffRate: 1, MaxAttempts: 1000 },
]

/** The invocation did not come through; with `Lambda.AWSLambdaException` it may also have been denied. */
export const NOT_INVOKED = [
  'Lambda.ServiceException',
  'Lambda.SdkClientException',
  'Lambda.ClientExecutionTimeoutException',
  'Lambda.TooManyRequestsException',
]
/** Faults of the platform, not of the step. */
const TRANSIENT = [
  ...NOT_INVOKED,
  'Lambda.AWSLambdaException',
  'Lambda.Unknown',
  'Sandbox.Timedout',
  'Runtime.ExitError',
  'Runtime.OutOfMemory',
  'States.Timeout',
]
const WHOLESALE = ['States.ALL', 'States.TaskFailed']

const BY_DEFAULT: Retrier = {
  ErrorEquals: TRANSIENT,
  IntervalSeconds: 2,
  BackoffRate: 2,
  MaxAttempts: 6,
}

/** The commit repeats whatever happened to it: all of the job's work is done by then. */
export const COMMIT_RETRY: Retrier = {
  ErrorEquals: ['States.ALL'],
  IntervalSeconds: 1,
  BackoffRate: 2,
  MaxDelaySeconds: 30,
  MaxAttempts: 10,
}

/** Step Functions takes the first match, so the order is the rule; States.ALL may only come last. */
export function retriesOf(authors: Retrier[] = []): Retrier[] {
  const told = new Set([...TRANSIENT, ...WHOLESALE])
  const covered = authors.some(({ ErrorEquals }) => ErrorEquals.some((name) => told.has(name)))
  return [...OURS, ...authors, ...(covered ? [] : [BY_DEFAULT])]
}

export const catchesOf = (authors: Catcher[] = [], parking: string): Catcher[] => [
  { ErrorEquals: STOPPED, ResultPath: null, Next: parking },
  ...authors,
]
