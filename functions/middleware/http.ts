import middy from '@middy/core'
import httpJsonBodyParser from '@middy/http-json-body-parser'
import httpSecurityHeaders from '@middy/http-security-headers'
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2, Context } from 'aws-lambda'
import { problems } from './problem.ts'
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
  body: JSON.stringify(body),
})

const jsonBody = httpJsonBodyParser({ disableContentTypeCheck: false })

/** A route: body parsed as JSON (absent: undefined), errors as problem documents, security headers. */
export function httpRoute(name: string, handler: HttpHandler): HttpLambda {
  const route = middy()
    .use(problems())
    .use(httpSecurityHeaders())
    .use(telemetry(name))
    .before(async (request) => {
      if (request.event.body) await jsonBody.before?.(request as never)
    })
    .handler((event: unknown) => handler(event as HttpEvent))
  return route as unknown as HttpLambda
}

type IamContext = { authorizer?: { iam?: { userArn?: string } } }

/** Who calls: the principal that API Gateway authenticated, never the body. */
export const callerOf = (event: HttpEvent): string =>
  (event.requestContext as IamContext).authorizer?.iam?.userArn ?? 'unauthenticated'
