import { describe, expect, test } from 'vitest'
import type { Door } from '#core/api/door.ts'
import { NotFoundError, RequestInvalidError } from '#core/errors.ts'
import { serviceVersions } from '#functions/doors/openstack/microversions.ts'
import { openStackDoor } from '#functions/doors/openstack/openstack-door.ts'
import { answer, httpFunction } from '#functions/middleware/http.ts'
import { type HttpRequest, httpDoor } from '#functions/middleware/http-door.ts'
import { CONTEXT, httpEvent, type RequestParts } from '../../http-event.ts'

const DOOR = {
  name: 'Things',
  base: '/things-api',
  bundle: 'doors/things',
  authorizer: 'openstack',
  routes: [
    { method: 'GET', path: '/v1/things/{id}', useCase: 'show' },
    { method: 'PATCH', path: '/v1/things/{id}', useCase: 'change' },
    { method: 'DELETE', path: '/v1/things/{id}', useCase: 'remove' },
  ],
} as const satisfies Door

const seen: HttpRequest[] = []
const handlers = {
  show: async (request: HttpRequest) => {
    seen.push(request)
    if (request.parameters.id === 'lost') throw new NotFoundError('Thing lost could not be found.')
    if (request.parameters.id === 'broken') throw new Error('table secret-name is gone')
    return answer(200, { id: request.parameters.id })
  },
  change: async ({ body }: HttpRequest) => {
    if (Array.isArray(body) && body.length === 0)
      throw new RequestInvalidError('nothing is changed', [{ pointer: '/0', detail: 'is missing' }])
    return answer(200, body)
  },
  remove: async () => ({ statusCode: 204 }),
}
const versions = serviceVersions('things', { min: '1.0', max: '1.4' })
const handler = httpFunction('Things', [
  httpDoor({ door: DOOR, bundle: 'doors/things', handlers, ...openStackDoor(versions) }),
])

const MEMBER = { user: 'ann', project: 'p1', roles: 'member,reader' }

async function ask(
  method: string,
  proxy: string,
  { as = MEMBER, ...parts }: RequestParts & { as?: object } = {},
) {
  const event = httpEvent('ANY /things-api/{proxy+}', { method, path: { proxy }, ...parts })
  Object.assign(event.requestContext, { authorizer: { lambda: as } })
  const { statusCode: status, headers = {}, body = '' } = await handler(event, CONTEXT)
  return { status, headers: headers as Record<string, string>, text: body }
}

const faultOf = (text: string) => JSON.parse(JSON.parse(text).error_message)

describe("a door of OpenStack's", () => {
  test('gives its handlers the project as the tenant, and who calls', async () => {
    await ask('GET', 'v1/things/1')
    expect(seen.at(-1)).toMatchObject({ tenant_id: 'p1', caller: 'openstack:user/ann' })
  })

  test.each(['v1/things/1', 'v1/things/1/', 'things-api/v1/things/1', 'things-api/v1/things/1/'])(
    'answers %s alike',
    async (path) => {
      const { status, text } = await ask('GET', path)
      expect([status, JSON.parse(text)]).toEqual([200, { id: '1' }])
    },
  )

  test.each([
    ['GET', 'v1/things/lost', 404, 'Client', 'Thing lost could not be found.'],
    ['GET', 'v1/nothing', 404, 'Client', 'there is nothing at "/things-api/v1/nothing"'],
    ['POST', 'v1/things/1', 405, 'Client', '"/things-api/v1/things/1" takes GET, PATCH, DELETE, no POST'],
    ['GET', 'v1/things/broken', 500, 'Server', 'the request failed inside Standdown: try again'],
  ])('refuses %s %s with %i in the envelope', async (method, path, status, faultcode, faultstring) => {
    const reply = await ask(method, path)
    expect(reply.status).toBe(status)
    expect(reply.headers).toMatchObject({
      'content-type': 'application/json',
      'openstack-api-maximum-version': '1.4',
    })
    expect(reply.headers).not.toHaveProperty('retry-after')
    expect(faultOf(reply.text)).toEqual({ debuginfo: null, faultcode, faultstring })
  })

  test('says part by part what is wrong with a body, also with one that is not JSON', async () => {
    const empty = await ask('PATCH', 'v1/things/1', { body: [] })
    expect([empty.status, faultOf(empty.text).faultstring]).toEqual([
      400,
      'nothing is changed; /0 is missing',
    ])
    const object = await ask('PATCH', 'v1/things/1', { body: {} })
    expect([object.status, faultOf(object.text).faultstring]).toEqual([400, 'the body must be a JSON array'])
    expect((await ask('PATCH', 'v1/things/1', { text: '{' })).status).toBe(400)
  })

  test('takes a deletion of any type, and a request without a body', async () => {
    const headers = { 'content-type': 'application/octet-stream' }
    expect((await ask('DELETE', 'v1/things/1', { headers })).status).toBe(204)
  })

  test('refuses a version that it does not serve before it does anything', async () => {
    const headers = { 'openstack-api-version': 'things 1.99' }
    const before = seen.length
    const reply = await ask('GET', 'v1/things/1', { headers })
    expect(reply.status).toBe(406)
    expect(faultOf(reply.text).faultstring).toContain('1.0 to 1.4')
    expect(seen).toHaveLength(before)
  })

  test('lets a reader read, and nothing else', async () => {
    const as = { user: 'bob', project: 'p1', roles: 'reader' }
    expect((await ask('GET', 'v1/things/1', { as })).status).toBe(200)
    const refused = await ask('DELETE', 'v1/things/1', { as })
    expect(refused.status).toBe(403)
    expect(faultOf(refused.text).faultstring).toContain('reader')
  })

  test('answers nobody for whom its authorizer was not asked', async () => {
    expect((await ask('GET', 'v1/things/1', { as: {} })).status).toBe(500)
  })
})
