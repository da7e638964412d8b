import {
  ConflictError,
  ForbiddenError,
  IdempotencyConflictError,
  JobEndedError,
  ModeNotSupportedError,
  NotAcceptableError,
  NotFoundError,
  NothingLeftError,
  RequestInvalidError,
} from '#core/errors.ts'
import { NotJsonTypeError } from './json-body.ts'
import { MethodNotAllowedError } from './router.ts'
import { CallerUnboundError } from './tenant.ts'

/** What a program may tell refusals apart by. */
export const PROBLEMS = {
  'invalid-request': { status: 400, title: 'The request is not valid' },
  forbidden: { status: 403, title: 'Forbidden' },
  'not-found': { status: 404, title: 'Not found' },
  'method-not-allowed': { status: 405, title: 'Method not allowed' },
  'not-acceptable': { status: 406, title: 'Not acceptable' },
  conflict: { status: 409, title: 'Conflict' },
  'nothing-left': { status: 409, title: 'Nothing is left to clean up' },
  'job-ended': { status: 409, title: 'The job has ended' },
  'not-json': { status: 415, title: 'The body is not JSON' },
  'idempotency-key-reused': { status: 422, title: 'The Idempotency-Key was used for another request' },
  'mode-not-supported': { status: 422, title: 'The abort mode is not supported now' },
  'too-many-requests': { status: 429, title: 'Too many requests' },
  'internal-error': { status: 500, title: 'Internal error' },
} as const

/** What is wrong with a request, before a door puts it into its words. */
export type Problem = {
  kind: keyof typeof PROBLEMS
  status: number
  title: string
  detail: string
  /** What a program can act on: each fault's pointer, the job's state, the modes it supports. */
  facts: Record<string, unknown>
  /** The methods that the path takes, when it does not take this one. */
  allowed?: string[]
}

const problem = (kind: Problem['kind'], detail: string, facts: Problem['facts'] = {}): Problem => ({
  kind,
  status: PROBLEMS[kind].status,
  title: PROBLEMS[kind].title,
  detail,
  facts,
})

const THROTTLED = new Set([
  'ThrottlingException',
  'ProvisionedThroughputExceededException',
  'RequestLimitExceeded',
  'TooManyRequestsException',
])

/** The only place that knows which error means which HTTP status. */
export function problemOf(error: Error): Problem {
  const { message } = error
  if (error instanceof RequestInvalidError)
    return problem('invalid-request', message, { errors: error.errors })
  if (error instanceof NotFoundError) return problem('not-found', message)
  if (error instanceof MethodNotAllowedError) {
    return { ...problem('method-not-allowed', message), allowed: error.allowed }
  }
  if (error instanceof NotAcceptableError) return problem('not-acceptable', message)
  if (error instanceof ConflictError) return problem('conflict', message)
  if (error instanceof CallerUnboundError || error instanceof ForbiddenError)
    return problem('forbidden', message)
  if (error instanceof NothingLeftError) return problem('nothing-left', message, { state: error.state })
  if (error instanceof JobEndedError) return problem('job-ended', message, { state: error.state })
  if (error instanceof NotJsonTypeError) return problem('not-json', 'send application/json')
  if (error instanceof IdempotencyConflictError) return problem('idempotency-key-reused', message)
  if (error instanceof ModeNotSupportedError) {
    return problem('mode-not-supported', message, { supported: error.supported })
  }
  if (THROTTLED.has(error.name)) {
    return problem('too-many-requests', 'AWS is throttling: try again in a second')
  }
  // All others are ours to mend, and say nothing to the outside.
  return problem('internal-error', 'the request failed inside Standdown: try again')
}
