import type { APIGatewayProxyEventV2 } from 'aws-lambda'
import { type BasedDoor, DEFAULT_ROUTE, type Door, gatewayRoutes, type Route } from '#core/api/door.ts'
import { NotFoundError } from '#core/errors.ts'
import { plainText } from '#core/text/plain-text.ts'

/** The path is one of the door's, the method is not; `allowed` are the path's methods. */
export class MethodNotAllowedError extends Error {
  override readonly name = 'MethodNotAllowedError'
  readonly allowed: string[]
  constructor(message: string, allowed: string[]) {
    super(message)
    this.allowed = allowed
  }
}

export type Match = { useCase: string; parameters: Record<string, string> }

/** Whether it is one of the door's routes by which API Gateway sent the request here. */
export const isFor = (door: Door, { routeKey }: APIGatewayProxyEventV2): boolean =>
  gatewayRoutes(door).some(({ key }) => key === routeKey)

/** Among those of the door's routes that the function serves. @throws NotFoundError, MethodNotAllowedError */
export function findRoute(door: Door, bundle: string, event: APIGatewayProxyEventV2): Match {
  if ('base' in door) return findBelow(door, event)
  const served = door.routes.filter((route) => route.bundle === bundle)
  const route = served.find(({ method, path }) => `${method} ${path}` === event.routeKey)
  if (!route) throw new NotFoundError(`there is no route ${requestLine(event)}`)
  return { useCase: route.useCase, parameters: parametersOf(event) }
}

const parametersOf = ({ pathParameters = {} }: APIGatewayProxyEventV2): Record<string, string> =>
  Object.fromEntries(Object.entries(pathParameters).map(([name, value]) => [name, value ?? '']))

const MAX_SHOWN = 80

/** What was asked for, where API Gateway knew no route for it and took the one that catches the rest. */
function requestLine({ routeKey, rawPath, requestContext }: APIGatewayProxyEventV2): string {
  if (routeKey !== DEFAULT_ROUTE) return routeKey
  return `${requestContext.http.method} ${JSON.stringify(plainText(rawPath, MAX_SHOWN))}`
}

/**
 * API Gateway has decoded `{proxy+}` already, so it is not decoded again: a `%` here stands for itself, and a `/` that
 * came as `%2F` cannot be told from the others.
 */
function findBelow({ base, routes }: BasedDoor, event: APIGatewayProxyEventV2): Match {
  const proxy = (event.pathParameters?.proxy ?? '').replace(/\/$/, '')
  const twice = base.slice(1)
  const below = proxy === twice ? '' : proxy.replace(`${twice}/`, (text, at) => (at === 0 ? '' : text))
  const path = below.split('/')
  const shown = JSON.stringify(plainText(`${base}/${below}`, MAX_SHOWN))
  const [resource] = routes.filter((route) => matches(segmentsOf(route), path)).sort(byLiterals)
  if (!resource) throw new NotFoundError(`there is nothing at ${shown}`)
  const { method } = event.requestContext.http
  const there = routes.filter((route) => route.path === resource.path)
  const route = there.find((candidate) => candidate.method === method)
  if (route) return { useCase: route.useCase, parameters: valuesOf(segmentsOf(route), path) }
  const allowed = there.map((candidate) => candidate.method)
  throw new MethodNotAllowedError(`${shown} takes ${allowed.join(', ')}, no ${method}`, allowed)
}

const segmentsOf = ({ path }: Route): string[] => path.split('/').slice(1)

const isParameter = (segment: string): boolean => segment.startsWith('{')

const matches = (pattern: string[], path: string[]): boolean =>
  pattern.length === path.length &&
  pattern.every((segment, at) => (isParameter(segment) ? path[at] !== '' : path[at] === segment))

/** Of two paths that match, the one goes first that is literal where they differ: `/nodes/detail`, then `/nodes/{id}`. */
function byLiterals(a: Route, b: Route): number {
  const [left, right] = [segmentsOf(a), segmentsOf(b)]
  const at = left.findIndex((segment, index) => isParameter(segment) !== isParameter(right[index] ?? ''))
  if (at === -1) return 0
  return isParameter(left[at] ?? '') ? 1 : -1
}

const valuesOf = (pattern: string[], path: string[]): Record<string, string> =>
  Object.fromEntries(
    pattern.flatMap((segment, at) => (isParameter(segment) ? [[segment.slice(1, -1), path[at] ?? '']] : [])),
  )
