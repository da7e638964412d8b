import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { problem } from '#core/api/answers.ts'
import type { Door } from '#core/api/door.ts'
import {
  IdempotencyConflictError,
  JobEndedError,
  ModeNotSupportedError,
  NotFoundError,
  RequestInvalidError,
} from '#core/errors.ts'
import { answer, httpFunction } from '#functions/middleware/http.ts'
import { type HttpHandler, httpDoor } from '#functions/middleware/http-door.ts'
import { iamCaller } from '#functions/middleware/iam-caller.ts'
import { JSON_API } from '#functions/middleware/json-api.ts'
import { ask, CALLER, httpEvent } from '../http-event.ts'

// Read when the logger is made; other tests keep it silent.
vi.hoisted(() =>
  Object.assign(process.env, { POWERTOOLS_LOG_LEVEL: 'INFO', POWERTOOLS_METRICS_DISABLED: 'false' }),
)

let logged: string
beforeEach(() => {
  logged = ''
  for (const stream of [process.stdout, process.stderr]) {
    vi.spyOn(stream, 'write').mockImplementation((chunk) => {
      logged += String(chunk)
      return true
    })
  }
})
afterEach(() => vi.restoreAllMocks())

const DOOR = {
  name: 'Test',
  routes: [{ method: 'POST', path: '/', useCase: 'run', bundle: 'api/test', authorizer: 'iam' }],
} as const satisfies Door

const running = (run: HttpHandler) =>
  httpFunction('Test', [httpDoor({ door: DOOR, bundle: 'api/test', handlers: { run }, ...JSON_API })])
const failing = (error: Error) =>
  running(async () => {
    throw error
  })
const named = (name: string): Error => Object.assign(new Error('rate exceeded'), { name })

describe('an error becomes a problem document', () => {
  test.each<[Error, number, object]>([
    [new RequestInvalidError('no', [{ pointer: '/a', detail: 'no' }]), 400, { errors: [{ pointer: '/a' }] }],
    [new NotFoundError('there is no job x'), 404, { detail: 'there is no job x' }],
    [new JobEndedError('ended', 'SUCCEEDED'), 409, { state: 'SUCCEEDED' }],
    [new IdempotencyConflictError('used'), 422, { detail: 'used' }],
    [new ModeNotSupportedError('not now', ['force']), 422, { supported: ['force'] }],
    [named('ThrottlingException'), 429, {}],
    [named('ProvisionedThroughputExceededException'), 429, {}],
  ])('%s: %i', async (error, status, expected) => {
    const reply = await ask(failing(error), 'POST /')
    expect(reply.status).toBe(status)
    expect(reply.headers['content-type']).toBe('application/problem+json')
    expect(problem.parse(reply.body)).toMatchObject({ status, ...expected })
    expect(reply.headers['retry-after']).toBe(status === 429 ? '1' : undefined)
  })

  test('one of ours says nothing of the inside, and is logged whole', async () => {
    const reply = await ask(failing(new Error('table jobs-1234 is gone')), 'POST /')
    expect(reply.status).toBe(500)
    expect(problem.parse(reply.body)).toMatchObject({ title: 'Internal error' })
    expect(reply.text).not.toMatch(/jobs-1234|stack|at /)
    expect(logged).toContain('table jobs-1234 is gone')
    expect(logged).toContain('"TestFailed"')
  })

  test('a refused request is no failure of the function', async () => {
    await ask(failing(new NotFoundError('there is no job x')), 'POST /')
    expect(logged).toContain('Test refused: there is no job x')
    expect(logged).toContain('"TestRefused"')
    expect(logged).not.toContain('"ERROR"')
  })
})

test('a route of no door is refused by the first', async () => {
  const reply = await ask(
    running(async () => answer(200, {})),
    'GET /nothing',
  )
  expect(reply.status).toBe(404)
  expect(problem.parse(reply.body)).toMatchObject({ detail: 'there is no route GET /nothing' })
})

describe('a body', () => {
  const echo = running(async ({ body }) => answer(200, { body }))

  test('reaches the handler as JSON', async () => {
    expect((await ask(echo, 'POST /', { body: { a: 1 } })).body).toEqual({ body: { a: 1 } })
  })

  test('of another type answers 415', async () => {
    const reply = await ask(echo, 'POST /', { text: '{}', headers: { 'content-type': 'text/plain' } })
    expect(problem.parse(reply.body)).toMatchObject({ status: 415, detail: 'send application/json' })
  })

  test('that is not JSON reaches neither the log nor the caller', async () => {
    const reply = await ask(echo, 'POST /', { text: 'secret_access_key=wJalrXUtnFEMI' })
    expect(reply.status).toBe(400)
    expect(`${reply.text}${logged}`).not.toContain('wJalr')
  })
})

test('no answer, problem or log line has a raw control character', async () => {
  const raw = 'a\u001b[31m\u009b31m\u2028b'
  const ok = await ask(
    running(async () => answer(200, { raw })),
    'POST /',
  )
  expect(ok.body).toEqual({ raw })
  const bad = await ask(failing(new NotFoundError(raw)), 'POST /')
  expect(logged).toContain('Test refused')
  const lines = logged.split('\n').join('')
  for (const text of [ok.text, bad.text, lines]) expect(text).not.toMatch(/[\p{Cc}\u2028]/u)
})

test('every answer has security headers', async () => {
  const ok = await ask(
    running(async () => answer(200, {})),
    'POST /',
  )
  const bad = await ask(failing(new NotFoundError('none')), 'POST /')
  for (const { headers } of [ok, bad]) {
    const names = Object.keys(headers).map((name) => name.toLowerCase())
    expect(names).toContain('x-content-type-options')
  }
})

test('who calls is whom API Gateway authenticated', () => {
  expect(iamCaller(httpEvent('GET /'))).toBe(CALLER)
  expect(iamCaller({ ...httpEvent('GET /'), requestContext: {} as never })).toBe('unauthenticated')
})
