import { describe, expect, test } from 'vitest'
import { createRouter } from '#local/http-api/router.ts'

const KEYS = [
  'GET /jobs',
  'POST /jobs/{id}/abort',
  'GET /jobs/{id}',
  'ANY /jobs/{id}',
  'GET /jobs/mine',
  'ANY /files/{proxy+}',
  'GET /files/{name}',
]
const router = (keys: string[]) =>
  createRouter({
    routes: keys.map((routeKey) => ({ routeKey, functionName: 'f', payloadFormatVersion: '2.0' })),
  })

describe('a route', () => {
  // https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-routes.html
  test.each([
    ['GET', '/jobs', 'GET /jobs', {}],
    ['GET', '/jobs/mine', 'GET /jobs/mine', {}],
    ['GET', '/jobs/1', 'GET /jobs/{id}', { id: '1' }],
    ['DELETE', '/jobs/1', 'ANY /jobs/{id}', { id: '1' }],
    ['GET', '/jobs/a%2Fb', 'GET /jobs/{id}', { id: 'a/b' }],
    ['GET', '/jobs/%zz', 'GET /jobs/{id}', { id: '%zz' }],
    ['POST', '/jobs/1/abort', 'POST /jobs/{id}/abort', { id: '1' }],
    ['GET', '/files/a', 'GET /files/{name}', { name: 'a' }],
    ['GET', '/files/a/b', 'ANY /files/{proxy+}', { proxy: 'a/b' }],
  ])('for %s %s is %s', (method, path, routeKey, pathParameters) => {
    const match = router(KEYS)(method, path)
    expect(match?.route.routeKey).toBe(routeKey)
    expect(match?.pathParameters).toEqual(pathParameters)
  })

  test.each([
    ['POST', '/jobs'],
    ['GET', '/jobs/'],
    ['GET', '/jobs/1/abort'],
    ['GET', '/files/'],
    ['GET', '/'],
  ])('for %s %s is none', (method, path) => {
    expect(router(KEYS)(method, path)).toBeUndefined()
  })

  test('$default takes what no other route does', () => {
    const find = router(['GET /jobs', '$default'])
    expect(find('PUT', '/else')?.route.routeKey).toBe('$default')
    expect(find('GET', '/jobs')?.route.routeKey).toBe('GET /jobs')
  })
})
