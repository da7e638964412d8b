import { ERROR_NAMES } from '#core/errors.ts'

/** The errors that end a step for good: no Retry repeats them, no author's Catch sees them. */
export const STOPPED = [ERROR_NAMES.JobAborted, ERROR_NAMES.StepFenced]

/**
 * Lambda did not run the function: it was throttled, or the call did not come through. Not among them is
 * `Lambda.AWSLambdaException`, because Step Functions also reports a denied invocation by that name, and
 * a denied invocation stays denied however often it is repeated.
 */
export const NOT_INVOKED = [
  'Lambda.ServiceException',
  'Lambda.SdkClientException',
  'Lambda.ClientExecutionTimeoutException',
  'Lambda.TooManyRequestsException',
]

/**
 * Faults of the platform, not of the step, once it ran. Not among them is `States.Timeout`: a task has no time-out but
 * the one that its author gives it, and who bounds a step says what follows.
 */
export const TRANSIENT = [
  'Lambda.AWSLambdaException',
  'Lambda.Unknown',
  'Sandbox.Timedout',
  'Runtime.ExitError',
  'Runtime.OutOfMemory',
]

/** The job's data put something into a step's place that cannot be kept: no try makes that better. */
export const NOT_KEPT = 'ValueNotKept'

/** Names that match every error of a task. */
export const ANY_ERROR = ['States.ALL', 'States.TaskFailed']
