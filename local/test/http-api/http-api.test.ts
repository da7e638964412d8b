import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { InvokeResult } from '#local/types.ts'
import { rawRequest } from '../fixtures/raw-request.ts'
import { type StartedApi, startApi } from './start-api.ts'

const JSON_TYPE = { 'content-type': 'application/json' }
const NO_CORS = { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'no-cors', 'sec-fetch-dest': 'image' }
const NAVIGATED = { ...NO_CORS, 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document' }

let api: StartedApi

beforeEach(async () => {
  api = await startApi()
})
afterEach(() => api.close())

const get = (path = '/jobs', headers = {}) => fetch(`${api.url}${path}`, { headers })
const post = (body: string, headers: Record<string, string> = JSON_TYPE) =>
  fetch(`${api.url}/jobs/1/abort`, { method: 'POST', body, headers })

describe('a function that fails', () => {
  test.each<[string, () => InvokeResult]>([
    ['an error', () => ({ payload: null, functionError: { errorType: 'Error', errorMessage: 'secret' } })],
    [
      'a failed invocation',
      () => {
        throw new Error('secret')
      },
    ],
  ])('with %s is 500 and tells nothing', async (_, failing) => {
    api.answerWith(failing)
    const response = await get()
    expect(response.status).toBe(500)
    expect(await response.json()).toEqual({ message: 'Internal Server Error' })
  })
})

describe('the server', () => {
  test('answers 503 while it stops', async () => {
    api.stop()
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
    const port = new URL(api.url).port
    const own = Object.entries(headers).map(([name, value]) => [name, value.replace('PORT', port)])
    const response = await rawRequest(`${api.url}/jobs`, { headers: Object.fromEntries(own) })
    expect(response.status).toBe(status)
    expect(api.events).toHaveLength(status === 200 ? 1 : 0)
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
    const headers = { host: new URL(api.url).host, ...NAVIGATED }
    const response = await rawRequest(`${api.url}/jobs/1/abort`, { method: 'POST', headers })
    expect(response.status).toBe(403)
    expect(api.events).toEqual([])
  })

  test('refuses the host before it looks at the body', async () => {
    const headers = { host: 'evil.example', 'content-type': 'text/plain' }
    const response = await rawRequest(`${api.url}/jobs`, { method: 'POST', headers, body: 'x' })
    expect(response.status).toBe(403)
    expect(response.headers['content-type']).toBe('application/problem+json')
  })

  test('refuses a body over 6 MiB and tells it to the client that is still sending', async () => {
    const response = await post(JSON.stringify('x'.repeat(7_000_000)))
    expect(response.status).toBe(413)
    expect(await response.json()).toMatchObject({ status: 413, title: 'Content Too Large' })
    expect(api.events).toEqual([])
  })
})
