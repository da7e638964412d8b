import { expect, test } from 'vitest'
import { isSecret, kindOf, type Schema } from '../../../console/src/form/schema.ts'
import { filledIn } from '../../../console/src/form/value.ts'

test.each<[string, Schema, boolean]>([
  ['password', {}, true],
  ['secret_access_key', {}, true],
  ['session_token', { description: 'of the session' }, true],
  ['credentials_secret', { description: 'name or ARN of a Secrets Manager secret' }, false],
  ['bucket', {}, false],
])('a form never asks for %s itself: %j %s', (name, schema, expected) => {
  expect(isSecret(name, schema)).toBe(expected)
})

test.each<[Schema, string]>([
  [{ type: 'object', properties: {} }, 'object'],
  [{ type: 'object' }, 'json'],
  [{ type: 'array', items: {} }, 'list'],
  [{ enum: ['a', 'b'] }, 'choice'],
  [{ enum: [1, 2] }, 'json'],
  [{ type: 'integer' }, 'number'],
  [{ type: 'string' }, 'text'],
  [{}, 'json'],
])('a value of %j is asked for as %s', (schema, kind) => {
  expect(kindOf(schema)).toBe(kind)
})

test('what nobody filled in is not sent', () => {
  expect(filledIn({ source: { bucket: 'a', prefix: '' }, filter: { newer: undefined }, n: 0 })).toEqual({
    source: { bucket: 'a' },
    n: 0,
  })
  expect(filledIn({ filter: {} })).toBeUndefined()
})
