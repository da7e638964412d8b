import { expect, test } from 'vitest'
import { inputOf } from '#cli/jobs/input.ts'
import { shortId } from '#cli/jobs/short-ids.ts'

const none = (): string => ''

test('values are taken as JSON where they are JSON, and go as deep as their key says', () => {
  expect(
    inputOf(['source.bucket=photos', 'concurrency=4', 'name=2024-a', 'tags=["a"]', 'eq=a=b'], none),
  ).toEqual({
    source: { bucket: 'photos' },
    concurrency: 4,
    name: '2024-a',
    tags: ['a'],
    eq: 'a=b',
  })
})

test('what comes later adds to what came before, from the standard input too', () => {
  expect(inputOf(['-', 'a.c=2'], () => '{"a": {"b": 1}}')).toEqual({ a: { b: 1, c: 2 } })
})

test.each([
  [['key'], 'names no value'],
  [['=x'], 'names no value'],
  [['a=1', 'a.b=2'], 'no object'],
  [['-'], 'no JSON object'],
])('%j is refused', (given, told) => {
  expect(() => inputOf(given, none)).toThrow(told)
})

test('a key that objects have by themselves is a key like any other', () => {
  const input = inputOf(['__proto__.polluted=1', 'constructor=2'], none)
  expect(({} as { polluted?: unknown }).polluted).toBeUndefined()
  expect(JSON.stringify(input)).toBe('{"__proto__":{"polluted":1},"constructor":2}')
})

test('an id is shortened to eight characters, or as many as tell it from the others', () => {
  expect(shortId('aaaaaaaa-1', ['aaaaaaaa-1', 'bbbbbbbb-1'])).toBe('aaaaaaaa')
  expect(shortId('aaaaaaaa-1', ['aaaaaaaa-1', 'aaaaaaaa-2'])).toBe('aaaaaaaa-1')
  expect(shortId('short', ['short'])).toBe('short')
})
