import middy from '@middy/core'
import httpSecurityHeaders from '@middy/http-security-headers'
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2, Context } from 'aws-lambda'
import { plainJson } from '#core/text/plain-json.ts'
import { jsonBody } from './json-body.ts'
import { problemOf, problems } from './problem.ts'
import { telemetry } from './telemetry.ts'

export type HttpEvent = Omit<APIGatewayProxyEventV2, 'body'> & { body: unknown }
export type HttpAnswer = APIGatewayProxyStructuredResultV2
export type HttpHandler = (event: HttpEvent) => Promise<HttpAnswer>
export type HttpLambda = (event: APIGatewayProxyEventV2, context: Context) => Promise<HttpAnswer>

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

/** A route: body parsed as JSON (absent: undefined), errors as problem documents, security headers. */
export function httpRoute(name: string, handler: HttpHandler): HttpLambda {
  const route = middy()
    // Middy answers in reverse order: the headers are set on a problem, too.
    .use(httpSecurityHeaders())
    .use(problems())
    .use(telemetry(name, refused))
    .before((request) => {
      ;(request.event as HttpEvent).body = jsonBody(request.event)
    })
    .handler((event: unknown) => handler(event as HttpEvent))
  return route as unknown as HttpLambda
}

type IamContext = { authorizer?: { iam?: { userArn?: string } } }

/** Who calls: the principal that API Gateway authenticated, never the body. */
export const callerOf = (event: HttpEvent): string =>
  (event.requestContext as IamContext).authorizer?.iam?.userArn ?? 'unauthenticated'
