import { expect } from 'vitest'
import { createRouter } from '#local/http-api/router.ts'
import type { StartedApi } from '../http-api/start-api.ts'
import type { GoldenRow } from './golden.ts'

const DG = 'https://docs.aws.amazon.com/apigateway/latest/developerguide'
const ROUTES = `${DG}/http-api-develop-routes.html`
const LAMBDA = `${DG}/http-api-develop-integrations-lambda.html`

const KEYS = [
  'GET /jobs',
  'POST /jobs/{id}/abort',
  'GET /jobs/{id}',
  'ANY /jobs/{id}',
  'GET /jobs/mine',
  'ANY /files/{proxy+}',
  'GET /files/{name}',
]
const routerOf = (keys: string[]) =>
  createRouter({
    routes: keys.map((routeKey) => ({ routeKey, functionName: 'f', payloadFormatVersion: '2.0' })),
  })

type Route = [method: string, path: string, routeKey: string | undefined, pathParameters?: object]

// Measured there, and again in pull request 1577 of the same repository.
const TRAILING_SLASH = 'https://github.com/aws-powertools/powertools-lambda-python/issues/1552'

const goesTo = ([method, path, routeKey, pathParameters]: Route): GoldenRow<StartedApi> => ({
  behaviour: `${method} ${path} is taken by ${routeKey ?? 'no route'}`,
  source: path.endsWith('/') ? TRAILING_SLASH : ROUTES,
  check() {
    const match = routerOf(KEYS)(method, path)
    expect(match?.route.routeKey).toBe(routeKey)
    expect(match?.pathParameters).toEqual(pathParameters)
  },
})

const routes: Route[] = [
  ['GET', '/jobs', 'GET /jobs', {}],
  ['GET', '/jobs/mine', 'GET /jobs/mine', {}],
  ['GET', '/jobs/1', 'GET /jobs/{id}', { id: '1' }],
  ['DELETE', '/jobs/1', 'ANY /jobs/{id}', { id: '1' }],
  ['GET', '/jobs/a%2Fb', 'GET /jobs/{id}', { id: 'a/b' }],
  ['GET', '/jobs/%zz', 'GET /jobs/{id}', { id: '%zz' }],
  ['POST', '/jobs/1/abort', 'POST /jobs/{id}/abort', { id: '1' }],
  ['GET', '/files/a', 'GET /files/{name}', { name: 'a' }],
  ['GET', '/files/a/b', 'ANY /files/{proxy+}', { proxy: 'a/b' }],
  ['POST', '/jobs', undefined],
  ['GET', '/jobs/', 'GET /jobs', {}],
  ['GET', '/jobs/1/', 'GET /jobs/{id}', { id: '1' }],
  ['POST', '/jobs/', undefined],
  ['GET', '/jobs//', undefined],
  ['GET', '/files/a/', 'ANY /files/{proxy+}', { proxy: 'a/' }],
  ['GET', '/jobs/1/abort', undefined],
  ['GET', '/files/', undefined],
  ['GET', '/', undefined],
]

const failing = (what: string, payload: unknown): GoldenRow<StartedApi> => ({
  behaviour: `${what} is 500 Internal Server Error, and tells nothing`,
  source: LAMBDA,
  async check(api) {
    api.answer(payload)
    const response = await fetch(`${api.url}/jobs`)
    expect(response.status).toBe(500)
    expect(await response.json()).toEqual({ message: 'Internal Server Error' })
  },
})

/** How an HTTP API finds the route of a request, what the function gets, and what its answer becomes. */
export const HTTP_API: GoldenRow<StartedApi>[] = [
  ...routes.map(goesTo),
  {
    behaviour: '$default takes what no other route does',
    source: ROUTES,
    check() {
      const find = routerOf(['GET /jobs', '$default'])
      expect(find('PUT', '/else')?.route.routeKey).toBe('$default')
      expect(find('GET', '/jobs')?.route.routeKey).toBe('GET /jobs')
    },
  },
  {
    behaviour: 'a path without a route is 404 Not Found',
    source: ROUTES,
    async check(api) {
      const response = await fetch(`${api.url}/nothing`)
      expect(response.status).toBe(404)
      expect(await response.json()).toEqual({ message: 'Not Found' })
    },
  },
  {
    behaviour: 'the function gets the request in payload format 2.0, repeated values joined by a comma',
    source: LAMBDA,
    async check(api) {
      await fetch(`${api.url}/jobs/a%20b/abort?x=1&x=2&y=%2F`, {
        method: 'POST',
        body: '{"mode":"force"}',
        headers: { 'content-type': 'application/json', 'X-Extra': 'Yes', cookie: 'a=1; b=2' },
      })
      const http = { method: 'POST', path: '/jobs/a%20b/abort', sourceIp: '127.0.0.1' }
      const userArn = expect.stringMatching(/^arn:aws:iam::000000000000:user\/.+/)
      const time = expect.stringMatching(/^\d\d\/[A-Z][a-z]{2}\/\d{4}:\d\d:\d\d:\d\d \+0000$/)
      const caller = { accountId: '000000000000', authorizer: { iam: { userArn } } }
      expect(api.events[0]).toMatchObject({
        version: '2.0',
        routeKey: 'POST /jobs/{id}/abort',
        rawPath: '/jobs/a%20b/abort',
        rawQueryString: 'x=1&x=2&y=%2F',
        cookies: ['a=1', 'b=2'],
        headers: { 'x-extra': 'Yes' },
        queryStringParameters: { x: '1,2', y: '/' },
        pathParameters: { id: 'a b' },
        body: '{"mode":"force"}',
        isBase64Encoded: false,
        requestContext: { ...caller, http, stage: '$default', time },
      })
    },
  },
  {
    behaviour: 'the payload leaves out what the request does not have',
    source: LAMBDA,
    async check(api) {
      await fetch(`${api.url}/jobs`)
      for (const absent of ['body', 'cookies', 'queryStringParameters', 'pathParameters']) {
        expect(api.events[0]).not.toHaveProperty(absent)
      }
    },
  },
  {
    behaviour: 'an answer with a statusCode is sent as it says, each cookie as a set-cookie header',
    source: LAMBDA,
    async check(api) {
      const headers = { location: '/jobs/1' }
      api.answer({ statusCode: 202, headers, cookies: ['a=1', 'b=2'], body: '{}' })
      const response = await fetch(`${api.url}/jobs`)
      expect(response.status).toBe(202)
      expect(response.headers.get('location')).toBe('/jobs/1')
      expect(response.headers.getSetCookie()).toEqual(['a=1', 'b=2'])
    },
  },
  {
    behaviour: 'an answer in base64 is decoded',
    source: LAMBDA,
    async check(api) {
      api.answer({ statusCode: 200, body: 'aGk=', isBase64Encoded: true })
      expect(await (await fetch(`${api.url}/jobs`)).text()).toBe('hi')
    },
  },
  {
    behaviour: 'an answer without a statusCode is a JSON body with 200',
    source: LAMBDA,
    async check(api) {
      api.answer({ items: [] })
      const response = await fetch(`${api.url}/jobs`)
      expect(response.status).toBe(200)
      expect(response.headers.get('content-type')).toBe('application/json')
      expect(await response.json()).toEqual({ items: [] })
    },
  },
  failing('an answer whose statusCode is none', { statusCode: 'maybe' }),
  failing('an answer whose body is no text', { statusCode: 200, body: { a: 1 } }),
]
