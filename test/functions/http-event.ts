import type { APIGatewayProxyEventV2, Context } from 'aws-lambda'
import type { HttpLambda } from '#functions/middleware/http.ts'

export const CALLER = 'arn:aws:iam::000000000000:user/me'

export type Asked = {
  body?: unknown
  /** Sent as it is. */
  text?: string
  headers?: Record<string, string>
  path?: Record<string, string>
  query?: Record<string, string>
}

/** The event that API Gateway makes of a request, in payload format 2.0. */
export function httpEvent(routeKey: string, asked: Asked = {}): APIGatewayProxyEventV2 {
  const { body, text = body === undefined ? undefined : JSON.stringify(body), headers, path, query } = asked
  return {
    ...{ version: '2.0', routeKey, rawPath: '/', rawQueryString: '', isBase64Encoded: false },
    headers: { ...(text === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
    requestContext: { authorizer: { iam: { userArn: CALLER } } },
    ...(text === undefined ? {} : { body: text }),
    ...(path && { pathParameters: path }),
    ...(query && { queryStringParameters: query }),
  } as unknown as APIGatewayProxyEventV2
}

export const CONTEXT = { functionName: 'f', awsRequestId: 'r' } as Context

export type Told = { status: number; headers: Record<string, string>; text: string; body: Body }
type Body = { errors?: { pointer: string; detail: string }[]; detail?: string } & Record<string, unknown>

export async function ask(handler: HttpLambda, routeKey: string, asked?: Asked): Promise<Told> {
  const { statusCode = 0, headers = {}, body = '' } = await handler(httpEvent(routeKey, asked), CONTEXT)
  const told = body === '' ? {} : (JSON.parse(body) as Body)
  return { status: statusCode, headers: headers as Told['headers'], text: body, body: told }
}

export const pointersOf = ({ body }: Told): string[] => (body.errors ?? []).map(({ pointer }) => pointer)
