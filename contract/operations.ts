import type * as z from 'zod'
import type { Door, Method } from '#core/api/door.ts'

/** A body of a request or an answer, with one sample of it. */
export type Body = { schema: z.ZodType; example: unknown }

export type Answer = {
  description: string
  /** None where the answer has no body. */
  body?: Body
  headers?: Record<string, string>
}

/** What is to be said of one route beside its method and path. */
export type Operation = {
  summary: string
  description?: string
  query?: z.ZodObject
  /** Of the request, by name: what it is for. */
  headers?: Record<string, string>
  body?: Body & { required?: boolean; type?: string }
  /** By status. */
  answers: Record<number, Answer>
  /** The refusals that are the route's own, beside those that any route may give. */
  problems: number[]
}

type RouteKey<Route> = Route extends { method: Method; path: string }
  ? `${Route['method']} ${Route['path']}`
  : never

/** One for each route of the door's table: a route that nobody describes does not compile. */
export type Operations<D extends Door> = Record<RouteKey<D['routes'][number]>, Operation>
