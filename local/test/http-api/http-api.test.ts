import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { createHttpApi } from '#local/http-api/http-api.ts'
import { type Listener, openListener } from '#local/runtime/listener.ts'
import type { InvokeResult } from '#local/types.ts'
import { rawRequest } from '../fixtures/raw-request.ts'

const log = (): void => undefined
const JSON_TYPE = { 'content-type': 'application/json' }
const NO_CORS = { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'no-cors', 'sec-fetch-dest': 'image' }
const NAVIGATED = { ...NO_CORS, 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document' }
const ROUTE = { functionName: 'f', payloadFormatVersion: '2.0' }

let listener: Listener
let events: Record<string, unknown>[]
let answer: () => InvokeResult
let stopping: boolean

beforeAll(async () => {
  listener = await openListener({ port: 0, setting: 'PORT', log })
  const lambda = {
    async invoke(_: string, event: unknown) {
      events.push(event as Record<string, unknown>)
      return answer()
    },
  }
  const routes = ['POST /jobs/{id}/abort', 'GET /jobs'].map((routeKey) => ({ routeKey, ...ROUTE }))
  const api = { id: 'api', name: 'api', stage: '$default', routes }
  listener.serve(createHttpApi({ api, lambda, log, stopping: () => stopping }))
})
beforeEach(() => {
  events = []
  stopping = false
  answer = () => ({ payload: { statusCode: 200, body: 'ok' } })
})
afterAll(() => listener.close())

const get = (path = '/jobs', headers = {}) => fetch(`${listener.url}${path}`, { headers })
const post = (body: string, headers: Record<string, string> = JSON_TYPE) =>
  fetch(`${listener.url}/jobs/1/abort`, { method: 'POST', body, headers })

describe('the event of a request', () => {
  test('has the fields of payload format 2.0', async () => {
    await fetch(`${listener.url}/jobs/a%20b/abort?x=1&x=2&y=%2F`, {
      method: 'POST',
      body: '{"mode":"force"}',
      headers: { ...JSON_TYPE, 'X-Extra': 'Yes', cookie: 'a=1; b=2' },
    })
    expect(events[0]).toMatchObject({
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
      requestContext: {
        accountId: '000000000000',
        stage: '$default',
        http: { method: 'POST', path: '/jobs/a%20b/abort', sourceIp: '127.0.0.1' },
        authorizer: { iam: { userArn: expect.stringMatching(/^arn:aws:iam::000000000000:user\/.+/) } },
        time: expect.stringMatching(/^\d\d\/[A-Z][a-z]{2}\/\d{4}:\d\d:\d\d:\d\d \+0000$/),
      },
    })
  })

  test('leaves out what the request does not have', async () => {
    await get()
    expect(events[0]).not.toHaveProperty('body')
    expect(events[0]).not.toHaveProperty('queryStringParameters')
    expect(events[0]).not.toHaveProperty('pathParameters')
  })
})

describe('the answer of a function', () => {
  test('with a statusCode is sent as it says', async () => {
    const headers = { location: '/jobs/1' }
    answer = () => ({ payload: { statusCode: 202, headers, cookies: ['a=1', 'b=2'], body: '{}' } })
    const response = await get()
    expect(response.status).toBe(202)
    expect(response.headers.get('location')).toBe('/jobs/1')
    expect(response.headers.getSetCookie()).toEqual(['a=1', 'b=2'])
  })

  test('in base64 is decoded', async () => {
    answer = () => ({ payload: { statusCode: 200, body: 'aGk=', isBase64Encoded: true } })
    expect(await (await get()).text()).toBe('hi')
  })

  test('without a statusCode is a JSON body', async () => {
    answer = () => ({ payload: { items: [] } })
    const response = await get()
    expect(response.headers.get('content-type')).toBe('application/json')
    expect(await response.json()).toEqual({ items: [] })
  })

  test.each<[string, () => InvokeResult]>([
    ['an error', () => ({ payload: null, functionError: { errorType: 'Error', errorMessage: 'secret' } })],
    ['a statusCode that is none', () => ({ payload: { statusCode: 'maybe' } })],
    ['a body that is no text', () => ({ payload: { statusCode: 200, body: { a: 1 } } })],
    [
      'a failed invocation',
      () => {
        throw new Error('secret')
      },
    ],
  ])('%s is 500 and tells nothing', async (_, failing) => {
    answer = failing
    const response = await get()
    expect(response.status).toBe(500)
    expect(await response.json()).toEqual({ message: 'Internal Server Error' })
  })
})

describe('the server', () => {
  test('answers 404 for a path without a route', async () => {
    const response = await get('/nothing')
    expect(response.status).toBe(404)
    expect(await response.json()).toEqual({ message: 'Not Found' })
  })

  test('answers 503 while it stops', async () => {
    stopping = true
    expect((await get()).status).toBe(503)
  })

  test.each([
    ['a foreign host', { host: 'evil.example' }, 403],
    ['a foreign host on our port', { host: 'evil.example:PORT' }, 403],
    ['our host on a foreign port', { host: '127.0.0.1:1' }, 403],
    ['a foreign origin', { host: '127.0.0.1:PORT', origin: 'http://evil.example' }, 403],
    ['the origin null', { host: '127.0.0.1:PORT', origin: 'null' }, 403],
    ['its own origin', { host: '127.0.0.1:PORT', origin: 'http://127.0.0.1:PORT' }, 200],
    ['localhost', { host: 'localhost:PORT' }, 200],
    ['an image on a foreign page', { host: '127.0.0.1:PORT', ...NO_CORS }, 403],
    ['a frame on a foreign page', { host: '127.0.0.1:PORT', ...NAVIGATED, 'sec-fetch-dest': 'iframe' }, 403],
    ['a page on another port', { host: '127.0.0.1:PORT', ...NO_CORS, 'sec-fetch-site': 'same-site' }, 403],
    ['a link that a person followed', { host: '127.0.0.1:PORT', ...NAVIGATED }, 200],
    ['its own page', { host: '127.0.0.1:PORT', 'sec-fetch-site': 'same-origin' }, 200],
    ['an address typed in', { host: '127.0.0.1:PORT', 'sec-fetch-site': 'none' }, 200],
  ])('with %s answers as it must', async (_, headers, status) => {
    const port = new URL(listener.url).port
    const own = Object.entries(headers).map(([name, value]) => [name, value.replace('PORT', port)])
    const response = await rawRequest(`${listener.url}/jobs`, { headers: Object.fromEntries(own) })
    expect(response.status).toBe(status)
    expect(events).toHaveLength(status === 200 ? 1 : 0)
  })

  test.each([
    ['text/plain', 415],
    ['application/x-www-form-urlencoded', 415],
    ['application/jsonp', 415],
    ['application/json', 200],
    ['application/json; charset=utf-8', 200],
    ['application/merge-patch+json', 200],
  ])('takes a body of type %s: %i', async (type, status) => {
    expect((await post('{}', { 'content-type': type })).status).toBe(status)
  })

  test('refuses a form that a foreign page sends, also an empty one', async () => {
    const headers = { host: new URL(listener.url).host, ...NAVIGATED }
    const response = await rawRequest(`${listener.url}/jobs/1/abort`, { method: 'POST', headers })
    expect(response.status).toBe(403)
    expect(events).toEqual([])
  })

  test('refuses the host before it looks at the body', async () => {
    const headers = { host: 'evil.example', 'content-type': 'text/plain' }
    const response = await rawRequest(`${listener.url}/jobs`, { method: 'POST', headers, body: 'x' })
    expect(response.status).toBe(403)
    expect(response.headers['content-type']).toBe('application/problem+json')
  })

  test('refuses a body over 256 KiB and tells it to the client that is still sending', async () => {
    const response = await post(JSON.stringify('x'.repeat(2_000_000)))
    expect(response.status).toBe(413)
    expect(await response.json()).toMatchObject({ status: 413, title: 'Content Too Large' })
    expect(events).toEqual([])
  })
})
