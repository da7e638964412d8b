import type { APIGatewayProxyEventV2 } from 'aws-lambda'
import { describe, expect, test } from 'vitest'
import { RequestInvalidError } from '#core/errors.ts'
import { jsonArray, jsonObject, NotJsonTypeError } from '#functions/middleware/json-body.ts'
import { httpEvent } from '../http-event.ts'

const bodyOf = (text: string, more: Partial<APIGatewayProxyEventV2> = {}) =>
  jsonObject({ ...httpEvent('POST /', { text }), ...more })

function refusal(text: string): RequestInvalidError {
  try {
    bodyOf(text)
  } catch (error) {
    if (error instanceof RequestInvalidError) return error
  }
  throw new Error(`${text.slice(0, 80)} was not refused as invalid`)
}
const nested = (levels: number): string => `${'{"a":'.repeat(levels)}1${'}'.repeat(levels)}`

describe('a body', () => {
  test('is a JSON object, also when API Gateway sends it in base64', () => {
    expect(bodyOf('{"a":[1,"b",null]}')).toEqual({ a: [1, 'b', null] })
    const body = Buffer.from('{"a":"ü"}').toString('base64')
    expect(bodyOf('x', { body, isBase64Encoded: true })).toEqual({ a: 'ü' })
  })

  test('may be absent', () => {
    expect(jsonObject(httpEvent('POST /'))).toBeUndefined()
    expect(bodyOf('')).toBeUndefined()
  })

  test.each(['application/json', 'application/json; charset=utf-8', 'application/merge-patch+json'])(
    'may be of type %s',
    (type) => {
      expect(bodyOf('{}', { headers: { 'content-type': type } })).toEqual({})
    },
  )

  test.each(['text/plain', 'application/x-www-form-urlencoded', 'application/jsonp', ''])(
    'may not be of type "%s"',
    (type) => {
      expect(() => bodyOf('{}', { headers: { 'content-type': type } })).toThrow(NotJsonTypeError)
    },
  )

  test.each(['{"a":', '{"a":NaN}', "{'a':1}", '\ufeff{}', '{} {}'])('%s is not JSON', (text) => {
    expect(refusal(text).errors).toEqual([{ pointer: '', detail: 'is not JSON' }])
  })

  test.each(['null', '[]', '"force"', '1', 'true'])('%s is no JSON object', (text) => {
    expect(refusal(text).errors).toEqual([{ pointer: '', detail: 'must be a JSON object' }])
  })
})

describe('a list', () => {
  const listOf = (text: string) => jsonArray(httpEvent('PATCH /', { text }))

  test('is taken where lists are', () => {
    expect(listOf('[{"a":1},2]')).toEqual([{ a: 1 }, 2])
    expect(jsonArray(httpEvent('PATCH /'))).toBeUndefined()
  })

  test.each(['{}', 'null', '"[]"', '0'])('%s is none', (text) => {
    expect(() => listOf(text)).toThrow('the body must be a JSON array')
  })

  test('is looked at in all its parts', () => {
    expect(() => listOf('[{"a":1e400}]')).toThrow('/0/a is a number that cannot be kept exactly')
  })
})

describe('what could not be kept as it came is refused, and pointed at', () => {
  test.each([
    ['{"__proto__":{"a":1}}', ['/__proto__']],
    ['{"a":[{"__proto__":1}]}', ['/a/0/__proto__']],
    ['{"a":"x\\ud800y"}', ['/a']],
    ['{"a":{"":1}}', ['/a/']],
    ['{"a":1e400}', ['/a']],
    ['{"a":1e309,"b":-1e309}', ['/a', '/b']],
    ['{"a":12345678901234567890}', ['/a']],
    ['{"a":1152921504606846976}', ['/a']],
    ['{"a":9007199254740993}', ['/a']],
    ['{"a":1e-400}', ['/a']],
    [`{"a":${'9'.repeat(400)}}`, ['/a']],
    ['{"a/b":{"c~d":1e400}}', ['/a~1b/c~0d']],
  ])('%s', (text, pointers) => {
    expect(refusal(text).errors.map(({ pointer }) => pointer)).toEqual(pointers)
  })

  test.each([
    '{"a":0}',
    '{"a":-0.5}',
    '{"a":9007199254740991}',
    '{"a":1e-200}',
    '{"a":1e300,"b":-1e300}',
    '{"a":0e5,"b":-0}',
    '{"constructor":{"a":"🙂"}}',
  ])('%s is kept', (text) => {
    expect(JSON.stringify(bodyOf(text))).toBe(JSON.stringify(JSON.parse(text)))
  })

  test('100 levels, no deeper', () => {
    expect(bodyOf(nested(100))).toBeDefined()
    expect(refusal(nested(101)).errors[0]?.pointer).toBe('/a'.repeat(101))
  })

  test.each(['{"a":', '['])('a body of 9,000 levels of %s is refused', (level) => {
    const end = level === '[' ? ']' : '}'
    const text = `${level.repeat(9_000)}${level === '[' ? '' : '1'}${end.repeat(9_000)}`
    expect(refusal(text).errors).toHaveLength(1)
  })

  test('a body of 100,000 levels is refused like any other', () => {
    expect(refusal(`{"a":${'['.repeat(100_000)}${']'.repeat(100_000)}}`).errors).toHaveLength(1)
  })

  test('of very many faults the first are named', () => {
    const many = JSON.stringify(Array.from({ length: 5000 }, () => '\ud800'))
    const { errors, message } = refusal(`{"a":${many}}`)
    expect(errors).toHaveLength(20)
    expect(message).toMatch(/and 4980 more$/)
  })

  test('a very long name is shortened in the answer', () => {
    expect(refusal(`{"${'n'.repeat(100_000)}":1e400}`).message.length).toBeLessThan(500)
  })
})
