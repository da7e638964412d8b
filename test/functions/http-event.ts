import type { APIGatewayProxyEventV2, Context } from 'aws-lambda'
import type { HttpLambda } from '#functions/middleware/http.ts'

export const CALLER = 'arn:aws:iam::000000000000:user/me'

export type RequestParts = {
  /** @default the route's */
  method?: string
  body?: unknown
  /** Sent as it is. */
  text?: string
  headers?: Record<string, string>
  /** @default CALLER */
  caller?: string
  path?: Record<string, string>
  /** @default / */
  rawPath?: string
  query?: Record<string, string>
}

/** The event that API Gateway makes of a request, in payload format 2.0. */
export function httpEvent(routeKey: string, parts: RequestParts = {}): APIGatewayProxyEventV2 {
  const { body, text = body === undefined ? undefined : JSON.stringify(body), headers, path, query } = parts
  const { caller = CALLER, rawPath = '/' } = parts
  const method = parts.method ?? routeKey.split(' ')[0]
  return {
    version: '2.0',
    routeKey,
    rawPath,
    rawQueryString: '',
    isBase64Encoded: false,
    headers: { ...(text === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
    requestContext: { authorizer: { iam: { userArn: caller } }, http: { method } },
    ...(text === undefined ? {} : { body: text }),
    ...(path && { pathParameters: path }),
    ...(query && { queryStringParameters: query }),
  } as unknown as APIGatewayProxyEventV2
}

export const CONTEXT = { functionName: 'f', awsRequestId: 'r' } as Context

export type Reply = { status: number; headers: Record<string, string>; text: string; body: Body }
type Body = { errors?: { pointer: string; detail: string }[]; detail?: string } & Record<string, unknown>

export async function ask(handler: HttpLambda, routeKey: string, parts?: RequestParts): Promise<Reply> {
  const { statusCode = 0, headers = {}, body: text = '' } = await handler(httpEvent(routeKey, parts), CONTEXT)
  const body = text === '' ? {} : (JSON.parse(text) as Body)
  return { status: statusCode, headers: headers as Reply['headers'], text, body }
}

export const pointersOf = ({ body }: Reply): string[] => (body.errors ?? []).map(({ pointer }) => pointer)
