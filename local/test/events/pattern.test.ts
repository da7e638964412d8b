import { expect, test } from 'vitest'
import { compilePattern } from '#local/events/pattern.ts'

test.each([
  [[], 'must be a JSON object'],
  [{ source: 'x' }, 'source must be an object or an array, not "x"'],
  [{ source: [] }, 'empty arrays are not allowed, at source'],
  [{ detail: {} }, 'empty objects are not allowed, at detail'],
  [{ detail: { a: [{ suffix: 'x' }] } }, 'suffix does not run here, at detail.a; use a literal or prefix'],
  [{ a: [{ toString: 'x' }] }, 'toString does not run here'],
  [{ a: [{ prefix: 'x', suffix: 'y' }] }, 'exactly one operator, at a'],
  [{ a: [{}] }, 'exactly one operator, at a'],
  [{ a: [{ prefix: 1 }] }, 'prefix must be a string, at a, not 1'],
  [{ a: [['x']] }, 'arrays may not be nested'],
  [{ $or: [{ a: ['x'] }, { b: ['x'] }] }, 'a does not run here, at $or'],
])('%j is refused when it is compiled', (pattern, message) => {
  expect(() => compilePattern(pattern)).toThrow(`Event pattern is not valid. Reason: `)
  expect(() => compilePattern(pattern)).toThrow(message)
})
