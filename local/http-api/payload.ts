import { randomUUID } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import { userInfo } from 'node:os'
import { LOCAL_ACCOUNT } from '#local/types.ts'
import type { Match } from './router.ts'

const USER = userInfo().username
/** Lambda's payload format 2.0. */
export type HttpEvent = Record<string, unknown> & { requestContext: Record<string, unknown> }

type ReceivedRequest = { req: IncomingMessage; body: Buffer; api: { id: string; stage: string } }

/** The request in Lambda's payload format 2.0, signed by the user who runs this machine. */
export function toEvent({ req, body, api }: ReceivedRequest, { route, pathParameters }: Match): HttpEvent {
  const { pathname, search, searchParams } = urlOf(req)
  const query = joined([...searchParams])
  const { cookie, ...headers } = headersOf(req)
  return {
    version: '2.0',
    routeKey: route.routeKey,
    rawPath: pathname,
    rawQueryString: search.slice(1),
    ...(cookie !== undefined && { cookies: cookie.split('; ') }),
    headers,
    ...(Object.keys(query).length > 0 && { queryStringParameters: query }),
    ...(Object.keys(pathParameters).length > 0 && { pathParameters }),
    requestContext: contextOf({ req, api, routeKey: route.routeKey, pathname }),
    // Only JSON comes as far as here, so nothing is in base64.
    ...(body.length > 0 && { body: body.toString() }),
    isBase64Encoded: false,
  }
}

export function urlOf(req: IncomingMessage): URL {
  return new URL(`http://local${req.url?.startsWith('/') ? req.url : '/'}`)
}

type RequestSite = {
  req: IncomingMessage
  api: { id: string; stage: string }
  routeKey: string
  pathname: string
}

function contextOf({ req, api, routeKey, pathname }: RequestSite): Record<string, unknown> {
  const now = new Date()
  return {
    accountId: LOCAL_ACCOUNT,
    apiId: api.id,
    domainName: req.headers.host,
    domainPrefix: api.id,
    authorizer: { iam: callerOf() },
    http: {
      method: req.method,
      path: pathname,
      protocol: `HTTP/${req.httpVersion}`,
      sourceIp: req.socket.remoteAddress,
      userAgent: req.headers['user-agent'] ?? '',
    },
    requestId: randomUUID(),
    routeKey,
    stage: api.stage,
    time: commonLogTime(now),
    timeEpoch: now.getTime(),
  }
}

function callerOf(): Record<string, unknown> {
  const userArn = `arn:aws:iam::${LOCAL_ACCOUNT}:user/${USER}`
  return {
    accessKey: 'local',
    accountId: LOCAL_ACCOUNT,
    callerId: USER,
    cognitoIdentity: null,
    principalOrgId: null,
    userArn,
    userId: USER,
  }
}

function headersOf(req: IncomingMessage): Record<string, string> {
  const entries = Object.entries(req.headersDistinct).map(([name, values = []]) => [
    name,
    values.join(name === 'cookie' ? '; ' : ','),
  ])
  return Object.fromEntries(entries)
}

// API Gateway joins repeated values with a comma.
function joined(pairs: [string, string][]): Record<string, string> {
  const values: Record<string, string> = {}
  for (const [key, value] of pairs) values[key] = key in values ? `${values[key]},${value}` : value
  return values
}

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']

function commonLogTime(date: Date): string {
  const [year, , day] = date.toISOString().slice(0, 10).split('-')
  return `${day}/${MONTHS[date.getUTCMonth()]}/${year}:${date.toISOString().slice(11, 19)} +0000`
}
