import { type Door, gatewayRoutes } from '#core/api/door.ts'
import { jsonPatch } from '#core/api/json-patch.ts'
import { parse } from '#core/api/requests.ts'
import { plainJson } from '#core/text/plain-json.ts'
import { answer, httpFunction } from '#functions/middleware/http.ts'
import {
  type ErrorEnvelope,
  type HttpEvent,
  type HttpHandler,
  httpDoor,
} from '#functions/middleware/http-door.ts'
import { jsonArray, jsonObject } from '#functions/middleware/json-body.ts'
import { createRouter } from '#local/http-api/route.ts'
import { ask, type Reply, type RequestParts } from '../http-event.ts'

/** A door with an address space of its own, in the manner of OpenStack's services. */
export const THINGS = {
  name: 'Things',
  base: '/things-api',
  bundle: 'doors/things',
  authorizer: 'iam',
  routes: [
    { method: 'GET', path: '/', useCase: 'versions' },
    { method: 'GET', path: '/v1/things/{id}', useCase: 'showThing' },
    { method: 'PATCH', path: '/v1/things/{id}', useCase: 'changeThing' },
    { method: 'DELETE', path: '/v1/things/{id}', useCase: 'deleteThing' },
    { method: 'GET', path: '/v1/things', useCase: 'listThings' },
    { method: 'POST', path: '/v1/things', useCase: 'createThing' },
    { method: 'GET', path: '/v1/things/detail', useCase: 'listDetails' },
    { method: 'PUT', path: '/v1/things/{id}/states/{state}', useCase: 'setState' },
  ],
} as const satisfies Door

/** The error's text is JSON within JSON, and no error has a Retry-After: the clients of such services insist on both. */
const openStackError: ErrorEnvelope = ({ status, detail }) => {
  const faultcode = status < 500 ? 'Client' : 'Server'
  return {
    statusCode: status,
    headers: { 'content-type': 'application/json' },
    body: plainJson({ error_message: plainJson({ debuginfo: null, faultcode, faultstring: detail }) }),
  }
}

const isPatch = ({ requestContext }: HttpEvent): boolean => requestContext.http.method === 'PATCH'

const echo =
  (useCase: string): HttpHandler =>
  async ({ parameters, body, caller }) => {
    if (parameters.id === 'throttled')
      throw Object.assign(new Error('slow down'), { name: 'ThrottlingException' })
    return answer(200, { useCase, parameters, body, caller })
  }

const door = httpDoor({
  door: THINGS,
  bundle: 'doors/things',
  handlers: {
    versions: echo('versions'),
    showThing: echo('showThing'),
    changeThing: async ({ body }) => answer(200, { changes: parse(jsonPatch, body, 'the body') }),
    deleteThing: async () => ({ statusCode: 204 }),
    listThings: echo('listThings'),
    createThing: echo('createThing'),
    listDetails: echo('listDetails'),
    setState: echo('setState'),
  },
  body: (event) => (isPatch(event) ? jsonArray(event) : jsonObject(event)),
  errors: openStackError,
  caller: ({ headers }) => headers['x-auth-token'] ?? 'nobody',
  headers: ({ headers }) => ({ 'api-version': headers['api-version'] ?? '1.0' }),
})

const handler = httpFunction('Things', [door])
const find = createRouter({
  routes: gatewayRoutes(THINGS).map(({ key, bundle }) => ({
    routeKey: key,
    functionName: bundle,
    payloadFormatVersion: '2.0',
  })),
})

/** As it goes through API Gateway, whose routes are those that the stack makes of the table. */
export function callThings(method: string, url: string, parts: RequestParts = {}): Promise<Reply> {
  const match = find(method, url)
  if (!match) throw new Error(`API Gateway knows no route for ${method} ${url}`)
  return ask(handler, match.route.routeKey, { ...parts, method, path: match.pathParameters })
}

/** The text that such a client shows. */
export const faultOf = ({ body }: Reply): { faultcode: string; faultstring: string } =>
  JSON.parse(String(body.error_message))
