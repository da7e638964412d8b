import { expect, test } from 'vitest'
import { canonicalJson } from '#core/text/canonical-json.ts'

test('objects that differ in the order of their keys only give the same text', () => {
  const one = { b: [{ y: 1, x: null }], a: 'x' }
  const other = { a: 'x', b: [{ x: null, y: 1 }] }
  expect(canonicalJson(one)).toBe(canonicalJson(other))
})

test('the order of a list counts', () => {
  expect(canonicalJson([1, 2])).not.toBe(canonicalJson([2, 1]))
})
