import { describe, expect, test } from 'vitest'
import { callThings, faultOf } from './based-door.ts'

describe('a request below the base', () => {
  test.each<[string, string, string, object]>([
    ['GET', '/things-api', 'versions', {}],
    ['GET', '/things-api/', 'versions', {}],
    ['GET', '/things-api/v1/things', 'listThings', {}],
    ['GET', '/things-api/v1/things/', 'listThings', {}],
    ['POST', '/things-api/v1/things', 'createThing', {}],
    ['GET', '/things-api/v1/things/detail', 'listDetails', {}],
    ['GET', '/things-api/v1/things/detail/', 'listDetails', {}],
    ['GET', '/things-api/v1/things/details', 'showThing', { id: 'details' }],
    ['GET', '/things-api/v1/things/a', 'showThing', { id: 'a' }],
    ['GET', '/things-api/v1/things/a/', 'showThing', { id: 'a' }],
    ['GET', '/things-api/v1/things/a%20b', 'showThing', { id: 'a b' }],
    ['GET', '/things-api/v1/things/%C3%BC', 'showThing', { id: 'ü' }],
    ['GET', '/things-api/v1/things/a%2520b', 'showThing', { id: 'a%20b' }],
    ['GET', '/things-api/v1/things/100%25', 'showThing', { id: '100%' }],
    ['GET', '/things-api/v1/things/__proto__', 'showThing', { id: '__proto__' }],
    ['PUT', '/things-api/v1/things/a/states/on', 'setState', { id: 'a', state: 'on' }],
    ['PUT', '/things-api/v1/things/detail/states/on', 'setState', { id: 'detail', state: 'on' }],
  ])('%s %s is %s', async (method, url, useCase, parameters) => {
    const { status, body } = await callThings(method, url)
    expect(status).toBe(200)
    expect(body).toMatchObject({ useCase, parameters })
  })

  test.each<[string, string]>([
    ['an unknown path', '/things-api/v2'],
    ['a path that goes on', '/things-api/v1/things/a/b'],
    ['a path that ends early', '/things-api/v1'],
    ['an empty name', '/things-api/v1/things//states/on'],
    ['a slash in a name', '/things-api/v1/things/a%2Fb'],
    ['two slashes at the end', '/things-api/v1/things//'],
    ['another case', '/things-api/V1/things'],
    ['a parameter as the table writes it', '/things-api/v1/{id}'],
    ['control characters', '/things-api/%1B%5B31m'],
    ['a very long path', `/things-api/${'x'.repeat(5000)}`],
  ])('with %s is 404 in the words of the door', async (_what, url) => {
    const reply = await callThings('GET', url)
    expect(reply.status).toBe(404)
    expect(reply.headers['content-type']).toBe('application/json')
    const { faultcode, faultstring } = faultOf(reply)
    expect(faultcode).toBe('Client')
    expect(faultstring).toContain('there is nothing at "/things-api/')
    expect(faultstring).not.toMatch(/\p{Cc}/u)
    expect(faultstring.length).toBeLessThan(150)
  })

  test.each(['%zz', '%', '%C3', 'a%2', '%00'])('malformed as %s is never an error of ours', async (name) => {
    expect((await callThings('GET', `/things-api/v1/things/${name}`)).status).toBe(200)
    expect((await callThings('GET', `/things-api/${name}`)).status).toBe(404)
  })
})

describe('a method that the path does not take', () => {
  test.each([
    ['PUT', '/things-api/v1/things', 'GET, POST'],
    ['DELETE', '/things-api/v1/things/', 'GET, POST'],
    ['POST', '/things-api/v1/things/a', 'GET, PATCH, DELETE'],
    ['DELETE', '/things-api/v1/things/detail', 'GET'],
    ['GET', '/things-api/v1/things/a/states/on', 'PUT'],
    ['POST', '/things-api', 'GET'],
    ['HEAD', '/things-api/', 'GET'],
  ])('%s %s is 405, and allowed are %s', async (method, url, allowed) => {
    const reply = await callThings(method, url)
    expect(reply.status).toBe(405)
    expect(reply.headers.allow).toBe(allowed)
    expect(faultOf(reply).faultstring).toContain(`takes ${allowed}, no ${method}`)
  })

  test('is answered before its body is looked at', async () => {
    expect((await callThings('PUT', '/things-api/v1/things', { text: '{' })).status).toBe(405)
    expect((await callThings('PUT', '/things-api/v2', { text: '{' })).status).toBe(404)
  })
})

describe('the door says', () => {
  test('which bodies it takes', async () => {
    const url = '/things-api/v1/things/a'
    const changes = [
      { op: 'replace', path: '/state', value: null },
      { op: 'remove', path: '/properties/a~1b' },
    ]
    expect((await callThings('PATCH', url, { body: changes })).body).toEqual({ changes })
    const object = await callThings('PATCH', url, { body: { state: 'on' } })
    expect(object.status).toBe(400)
    expect(faultOf(object).faultstring).toBe('the body must be a JSON array')
    const unsaid = await callThings('PATCH', url, { body: [{ op: 'add', path: '/name' }] })
    expect(unsaid.status).toBe(400)
    expect(faultOf(unsaid).faultstring).toBe('the body is not valid: /0/value is missing')
    expect((await callThings('PATCH', url)).status).toBe(400)
    const list = await callThings('POST', '/things-api/v1/things', { body: [] })
    expect(faultOf(list).faultstring).toBe('the body must be a JSON object')
  })

  test('who calls', async () => {
    const { body } = await callThings('GET', '/things-api', { headers: { 'x-auth-token': 't' } })
    expect(body.caller).toBe('t')
  })

  test('what every answer carries, also a refusal', async () => {
    const headers = { 'api-version': '1.4' }
    for (const url of ['/things-api', '/things-api/nothing', '/things-api/v1/things/throttled']) {
      expect((await callThings('GET', url, { headers })).headers).toMatchObject(headers)
    }
  })

  test('how an error looks, whatever it is', async () => {
    const throttled = await callThings('GET', '/things-api/v1/things/throttled')
    expect(throttled.status).toBe(429)
    expect(throttled.headers).not.toHaveProperty('retry-after')
    const typed = await callThings('POST', '/things-api/v1/things', {
      text: 'a=b',
      headers: { 'content-type': 'text/plain' },
    })
    expect(typed.status).toBe(415)
    for (const reply of [throttled, typed]) expect(faultOf(reply).faultcode).toBe('Client')
  })
})

test('a request without a body may have any type, and an answer without one has none', async () => {
  const headers = { 'content-type': 'application/octet-stream' }
  const reply = await callThings('DELETE', '/things-api/v1/things/a', { headers })
  expect(reply).toMatchObject({ status: 204, text: '' })
  expect(reply.headers).not.toHaveProperty('content-type')
})
