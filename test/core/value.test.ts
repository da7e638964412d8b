import { describe, expect, test } from 'vitest'
import { jsonText, MAX_VALUE_BYTES } from '#core/value.ts'

const textOf = (value: unknown): string => jsonText(value, { what: 'the result' })
const cycle: Record<string, unknown> = {}
cycle.self = cycle
const deep = (levels: number): unknown => JSON.parse(`${'['.repeat(levels)}${']'.repeat(levels)}`)

describe('a value is kept as Lambda itself would serialize it', () => {
  test.each<[string, unknown, string]>([
    ['a date', { at: new Date(0) }, '{"at":"1970-01-01T00:00:00.000Z"}'],
    ['nothing', undefined, 'null'],
    ['null', null, 'null'],
    ['a large number', { n: 2 ** 60 }, '{"n":1152921504606847000}'],
    ['no number', [Number.NaN, Number.POSITIVE_INFINITY], '[null,null]'],
    ['a function in an object', { f: () => 1, a: 1 }, '{"a":1}'],
    ['half a character', '\ud800', '"\\ud800"'],
    ['an empty name', { '': 1 }, '{"":1}'],
    ['a map', { m: new Map([[1, 2]]) }, '{"m":{}}'],
    ['bytes', Buffer.from('a'), '{"type":"Buffer","data":[97]}'],
    ['what has a JSON of its own', { toJSON: () => 7 }, '7'],
  ])('%s', (_what, value, text) => {
    expect(textOf(value)).toBe(text)
  })

  test('33 levels and a thousand', () => {
    expect(textOf(deep(33))).toBe('['.repeat(33) + ']'.repeat(33))
    expect(textOf(deep(1000))).toHaveLength(2000)
  })
})

describe('what cannot be kept is refused by name', () => {
  test.each<[string, unknown, RegExp]>([
    ['a BigInt', 1n, /^the result cannot be kept: it is a BigInt/],
    ['a BigInt in it', { a: [{ size: 1n }] }, /^the result cannot be kept: "size" is a BigInt/],
    ['a cycle', cycle, /^the result cannot be kept: .*circular.*'self'/s],
    ['a function', () => 1, /^the result cannot be kept: JSON has no function/],
    ['a symbol', Symbol('s'), /JSON has no symbol/],
    ['too many levels', deep(100_000), /nested too deeply/],
    [
      'an error of its own',
      {
        toJSON() {
          throw new Error('not me')
        },
      },
      /not me/,
    ],
    ['too much', '世'.repeat(100_000), /it has 300002 bytes as JSON, at most 262144 are kept/],
  ])('%s', (_what, value, message) => {
    const refused = expect.objectContaining({ name: 'ValueNotKept', message: expect.stringMatching(message) })
    expect(() => textOf(value)).toThrow(refused)
  })

  test('as much as fits is kept', () => {
    expect(textOf('x'.repeat(MAX_VALUE_BYTES - 2))).toHaveLength(MAX_VALUE_BYTES)
    expect(() => textOf('x'.repeat(MAX_VALUE_BYTES - 1))).toThrow('262145 bytes')
  })
})
