import type { MiddlewareObj, Request } from '@middy/core'
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda'
import {
  IdempotencyConflictError,
  JobEndedError,
  ModeNotSupportedError,
  NotFoundError,
  RequestInvalidError,
  TooManyRequestsError,
} from '#core/errors.ts'
import { plainJson } from '#core/text/plain-json.ts'
import { NotJsonTypeError } from './json-body.ts'

type Problem = { type: string; title: string; status: number; detail: string } & Record<string, unknown>

const problem = (status: number, [slug, title]: [string, string], detail: string): Problem => ({
  type: `urn:standdown:problem:${slug}`,
  title,
  status,
  detail,
})

const THROTTLED = new Set([
  'ThrottlingException',
  'ProvisionedThroughputExceededException',
  'RequestLimitExceeded',
  'TooManyRequestsException',
])

/** RFC 9457. The only place that knows which error means which HTTP status. */
export function problemOf(error: Error): Problem {
  const { message } = error
  if (error instanceof RequestInvalidError) {
    return { ...problem(400, ['invalid-request', 'The request is not valid'], message), errors: error.errors }
  }
  if (error instanceof NotFoundError) return problem(404, ['not-found', 'Not found'], message)
  if (error instanceof JobEndedError) {
    return { ...problem(409, ['job-ended', 'The job has ended'], message), state: error.state }
  }
  if (error instanceof IdempotencyConflictError) {
    return problem(
      422,
      ['idempotency-key-reused', 'The Idempotency-Key was used for another request'],
      message,
    )
  }
  if (error instanceof ModeNotSupportedError) {
    const told = problem(422, ['mode-not-supported', 'The abort mode is not supported now'], message)
    return { ...told, supported: error.supported }
  }
  if (error instanceof TooManyRequestsError || THROTTLED.has(error.name)) {
    return problem(
      429,
      ['too-many-requests', 'Too many requests'],
      'AWS is throttling: try again in a second',
    )
  }
  if (error instanceof NotJsonTypeError) {
    return problem(415, ['not-json', 'The body is not JSON'], 'send application/json')
  }
  // All others are ours to mend, and say nothing to the outside.
  return problem(500, ['internal-error', 'Internal error'], 'the request failed inside Standdown: try again')
}

type HttpRequest = Request<APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2>

/** Turns every error into a problem document. */
export const problems = (): MiddlewareObj<APIGatewayProxyEventV2> => ({
  onError: (request) => {
    const told = problemOf(request.error ?? new Error('unknown'))
    ;(request as HttpRequest).response = {
      statusCode: told.status,
      headers: {
        'content-type': 'application/problem+json',
        ...(told.status === 429 ? { 'retry-after': '1' } : {}),
      },
      body: plainJson(told),
    }
  },
})
