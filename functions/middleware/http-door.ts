import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda'
import { env } from '#aws/env.ts'
import type { BasedDoor, Door, RoutedDoor } from '#core/api/door.ts'
import type { BodyParser } from './json-body.ts'
import { type Problem, problemOf } from './problem.ts'
import { findRoute, isFor } from './router.ts'
import { tenantOf } from './tenant.ts'

export type HttpEvent = APIGatewayProxyEventV2
export type HttpAnswer = APIGatewayProxyStructuredResultV2

/** What a handler is given of a request. */
export type HttpRequest = {
  /** Of the path, by the names that the table gives them. */
  parameters: Record<string, string>
  /** A name that stands several times has its values joined by a comma. */
  query: Record<string, string | undefined>
  /** By name in lower case. */
  headers: Record<string, string | undefined>
  /** As the door's parser made it; undefined when there is none. */
  body: unknown
  caller: string
  /** As the caller has reached the API: `https://<host>`. */
  origin: string
  /** Whose jobs alone the caller may see and change; undefined where callers are not bound to tenants. */
  tenant_id: string | undefined
}

export type HttpHandler = (request: HttpRequest) => Promise<HttpAnswer>

/** A problem in the words of a door. */
export type ErrorEnvelope = (problem: Problem) => HttpAnswer

/** The functions that serve a door, by their bundles. */
type BundleOf<D extends Door> = D extends BasedDoor
  ? D['bundle']
  : D extends RoutedDoor
    ? D['routes'][number]['bundle']
    : never

/** The use cases that the door's table has for one of them. */
type UseCaseOf<D extends Door, Bundle> = D extends BasedDoor
  ? D['routes'][number]['useCase']
  : Extract<D['routes'][number], { bundle: Bundle }>['useCase']

export type HttpDoorOptions<D extends Door, Bundle extends BundleOf<D>> = {
  door: D
  bundle: Bundle
  handlers: Record<UseCaseOf<D, Bundle>, HttpHandler>
  /** Which bodies are taken. */
  body: BodyParser
  errors: ErrorEnvelope
  /** Who calls, as the authorizer says, never the body. */
  caller: (event: HttpEvent) => string
  /** Whose jobs alone the caller may see and change. @default what the stack binds the caller to */
  tenant?: (event: HttpEvent) => string
  /** Throws for a request that is not to be looked at any further. @default takes all */
  admit?: (event: HttpEvent) => void
  /** What every answer carries, a refusal, too. @default nothing */
  headers?: (event: HttpEvent) => Record<string, string>
}

/** A door's part in one function, for `httpFunction`. */
export type HttpDoor = {
  isFor(event: HttpEvent): boolean
  answer(event: HttpEvent): Promise<HttpAnswer>
  refuse(error: Error, event: HttpEvent): HttpAnswer
}

export function httpDoor<D extends Door, const Bundle extends BundleOf<D>>(
  options: HttpDoorOptions<D, Bundle>,
): HttpDoor {
  const { door, bundle, body, errors, caller, tenant, admit, headers = () => ({}) } = options
  const handlers: Record<string, HttpHandler> = options.handlers

  async function answer(event: HttpEvent): Promise<HttpAnswer> {
    admit?.(event)
    const { useCase, parameters } = findRoute(door, bundle, event)
    const { queryStringParameters: query = {}, headers: received } = event
    const principal = caller(event)
    const tenant_id = tenant ? tenant(event) : tenantOf(principal, env.tenants())
    const origin = originOf(event)
    const common = { parameters, query, headers: received, caller: principal, origin, tenant_id }
    const request: HttpRequest = { ...common, body: body(event) }
    return withHeaders(await handlers[useCase]!(request), headers(event))
  }

  function refuse(error: Error, event: HttpEvent): HttpAnswer {
    const problem = problemOf(error)
    const allow = problem.allowed && { allow: problem.allowed.join(', ') }
    return withHeaders(errors(problem), { ...headers(event), ...allow })
  }

  return { isFor: (event) => isFor(door, event), answer, refuse }
}

/** API Gateway answers by https only; a server on one machine by http. */
function originOf({ requestContext }: HttpEvent): string {
  const { domainName = 'localhost' } = requestContext
  const plain = /^(127\.\d+\.\d+\.\d+|localhost|\[::1\])(:\d+)?$/.test(domainName)
  return `${plain ? 'http' : 'https'}://${domainName}`
}

const withHeaders = ({ headers, ...answer }: HttpAnswer, more: Record<string, string>): HttpAnswer => ({
  ...answer,
  headers: { ...more, ...headers },
})
