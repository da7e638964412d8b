import * as z from 'zod'
import type { ZodOpenApiResponseObject, ZodOpenApiResponsesObject } from 'zod-openapi'
import { problem } from '#core/api/answers.ts'
import { openStackFault } from '#functions/doors/openstack/error-envelope.ts'
import { PROBLEMS } from '#functions/middleware/problem.ts'

/** What API Gateway itself answers. */
const gatewayAnswer = z.object({ message: z.string() })

type Refusal = { when: string; kind: keyof typeof PROBLEMS; detail: string; facts?: object }

const REFUSALS: Record<number, Refusal> = {
  400: {
    when: 'The request is not valid: `errors` has one pointer for each fault',
    kind: 'invalid-request',
    detail: 'the body is not valid: /mode is not one of graceful, force',
    facts: { errors: [{ pointer: '/mode', detail: 'is not one of graceful, force' }] },
  },
  403: {
    when: 'The caller may not call, or is bound to no tenant where callers are bound',
    kind: 'forbidden',
    detail: 'the caller is bound to no tenant: ask whoever runs this API',
  },
  404: {
    when: 'There is nothing of that name; what one may not see looks the same',
    kind: 'not-found',
    detail: 'there is no job 6b6f2f3a-61d5-8c1e-a3a4-9c1c4a1f0b11',
  },
  409: {
    when: 'The job has ended, or the resource is busy; `state` says which state a job is in',
    kind: 'job-ended',
    detail: 'the job is SUCCEEDED: it cannot be aborted any more',
    facts: { state: 'SUCCEEDED' },
  },
  415: { when: 'The body is not JSON', kind: 'not-json', detail: 'send application/json' },
  422: {
    when: 'The mode is not supported now (`supported` says which are), or a used Idempotency-Key came with another request',
    kind: 'mode-not-supported',
    detail: 'the template demo supports force only',
    facts: { supported: ['force'] },
  },
  429: {
    when: 'AWS is throttling: try again after `Retry-After` seconds',
    kind: 'too-many-requests',
    detail: 'AWS is throttling: try again in a second',
  },
  500: {
    when: 'The request failed inside Standdown: try again',
    kind: 'internal-error',
    detail: 'the request failed inside Standdown: try again',
  },
}

/** Any route may give these; 503 is API Gateway's alone. */
const ALWAYS = [403, 429, 500, 503]
const NO_ANSWER = 'No function answered in time: try again'

/** What API Gateway answers itself, where a function did not. */
const BY_GATEWAY: Record<string, string> = {
  403: 'Forbidden',
  429: 'Too Many Requests',
  500: 'Internal Server Error',
  503: 'Service Unavailable',
}

const gatewayContent = (status: string) => ({
  schema: gatewayAnswer,
  example: { message: BY_GATEWAY[status] },
})

function problemResponse(status: string, { when: description, kind, detail, facts }: Refusal) {
  const { title } = PROBLEMS[kind]
  const example = { type: `urn:standdown:problem:${kind}`, title, status: Number(status), detail, ...facts }
  const own = { 'application/problem+json': { schema: problem, example } }
  const gateway = { 'application/json': gatewayContent(status) }
  return { description, content: BY_GATEWAY[status] ? { ...own, ...gateway } : own }
}

const referring = (word: string, statuses: (string | number)[]): ZodOpenApiResponsesObject =>
  Object.fromEntries(
    statuses.map((status) => [String(status), { $ref: `#/components/responses/${word}${status}` }]),
  )

/** The refusals of a route in our own words, RFC 9457. */
export const problemsOf = (statuses: number[]): ZodOpenApiResponsesObject =>
  referring('Problem', [...new Set([...statuses, ...ALWAYS])].sort())

const FAULTS: Record<number, string> = {
  400: 'The request is not valid',
  403: 'The token is not valid, or lacks the role',
  404: 'There is nothing of that name',
  405: 'The path does not take this method',
  406: 'The microversion is not served',
  409: 'The resource is busy, or not in the state for it',
  415: 'The body is not JSON',
  429: 'AWS is throttling',
  500: 'The request failed inside Standdown',
  503: NO_ANSWER,
}

function faultResponse(status: string, description: string) {
  const faultcode = Number(status) < 500 ? 'Client' : 'Server'
  const fault = JSON.stringify({ debuginfo: null, faultcode, faultstring: description })
  const schema = BY_GATEWAY[status] ? z.union([openStackFault, gatewayAnswer]) : openStackFault
  return { description, content: { 'application/json': { schema, example: { error_message: fault } } } }
}

/** The refusals of a door of OpenStack's: its own envelope, a JSON text within JSON. */
export const faultsOf = (): ZodOpenApiResponsesObject => referring('Fault', Object.keys(FAULTS))

/** Each is once in the document. */
export const REFUSAL_RESPONSES: Record<string, ZodOpenApiResponseObject> = {
  Problem503: { description: NO_ANSWER, content: { 'application/json': gatewayContent('503') } },
  ...Object.fromEntries(
    Object.entries(REFUSALS).map(([status, refusal]) => [
      `Problem${status}`,
      problemResponse(status, refusal),
    ]),
  ),
  ...Object.fromEntries(
    Object.entries(FAULTS).map(([status, about]) => [`Fault${status}`, faultResponse(status, about)]),
  ),
}
