import middy from '@middy/core'
import httpSecurityHeaders from '@middy/http-security-headers'
import type { Context } from 'aws-lambda'
import { plainJson } from '#core/text/plain-json.ts'
import type { HttpAnswer, HttpDoor, HttpEvent } from './http-door.ts'
import { problemOf } from './problem.ts'
import { telemetry } from './telemetry.ts'

export type HttpLambda = (event: HttpEvent, context: Context) => Promise<HttpAnswer>

/** The JSON of the answer, with the headers that every answer has. */
export const answer = (
  statusCode: number,
  body: unknown,
  headers: Record<string, string> = {},
): HttpAnswer => ({
  statusCode,
  headers: { 'content-type': 'application/json', 'cache-control': 'no-store', ...headers },
  body: plainJson(body),
})

const refused = (error: Error): boolean => problemOf(error).status < 500

/**
 * A Lambda function behind API Gateway: each request goes to the door whose table has its route. What is none of them
 * goes to the first, which refuses it. `name` begins the names of its metrics.
 */
export function httpFunction(name: string, doors: [HttpDoor, ...HttpDoor[]]): HttpLambda {
  const doorOf = (event: HttpEvent): HttpDoor => doors.find((door) => door.isFor(event)) ?? doors[0]
  const route = middy()
    // Middy answers in reverse order: the headers are set on a refusal, too.
    .use(httpSecurityHeaders())
    .use({
      onError: (request) => {
        const event = request.event as HttpEvent
        request.response = doorOf(event).refuse(request.error ?? new Error('unknown'), event)
      },
    })
    .use(telemetry(name, refused))
    .handler((event: unknown) => doorOf(event as HttpEvent).answer(event as HttpEvent))
  return route as unknown as HttpLambda
}
