import { expect, test } from 'vitest'
import { plainJson } from '#core/text/plain-json.ts'

test('JSON without a raw control character means the same', () => {
  const value = { 'k\u007f': ['\u0000\u001b', '\u0085\u009b', '\u2028\u2029', 'ü世🙂', 1, null] }
  const text = plainJson(value)
  expect(text).not.toMatch(/[\p{Cc}\u2028\u2029]/u)
  expect(text).toContain('ü世🙂')
  expect(JSON.parse(text)).toEqual(value)
})
