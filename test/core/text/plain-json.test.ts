import { expect, test } from 'vitest'
import { plainJson, RawJson } from '#core/text/plain-json.ts'

test('JSON without a raw control character means the same', () => {
  const value = { 'k\u007f': ['\u0000\u001b', '\u0085\u009b', '\u2028\u2029', 'ü世🙂', 1, null] }
  const text = plainJson(value)
  expect(text).not.toMatch(/[\p{Cc}\u2028\u2029]/u)
  expect(text).toContain('ü世🙂')
  expect(JSON.parse(text)).toEqual(value)
})

test('a raw part stands as it is: its numbers, its order, its depth', () => {
  const deep = `${'['.repeat(100_000)}${']'.repeat(100_000)}`
  const json = `{"n":12345678901234567890,"b":1e400,"a":${deep},"z":1.0,"s":"\\ud800 -0e0"}`
  const text = plainJson({ before: '-0e0', input: new RawJson(json), after: ['"', '\\', new RawJson('-0')] })
  expect(text).toBe(`{"before":"-0e0","input":${json},"after":["\\"","\\\\",-0]}`)
})

test('a raw part has no raw control character either, and no line breaks between its parts', () => {
  const text = plainJson({ input: new RawJson('{\n\t"a b": [1,\r\n 2, "x\u007f\u2028 y"] }') })
  expect(text).toBe('{"input":{"a b":[1,2,"x\\u007f\\u2028 y"]}}')
})
