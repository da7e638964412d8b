import { expect, test } from 'vitest'
import { compilePattern } from '#local/events/pattern.ts'

const execution = {
  source: 'aws.states',
  'detail-type': 'Step Functions Execution Status Change',
  resources: ['arn:one', 'arn:two'],
  detail: {
    status: 'ABORTED',
    name: 'job-1',
    size: 12,
    error: null,
    done: false,
    list: [
      { a: 1, b: 2 },
      { a: 3, b: 4 },
    ],
  },
}
const detail = (matchers: object) => ({ detail: matchers })

test.each<[string, object, boolean]>([
  ['an empty pattern matches all', {}, true],
  ['a literal', { source: ['aws.states'] }, true],
  ['another literal', { source: ['aws.s3'] }, false],
  ['one of several', { source: ['aws.s3', 'aws.states'] }, true],
  ['all fields must match', { source: ['aws.states'], 'detail-type': ['other'] }, false],
  ['case counts', { source: ['AWS.states'] }, false],
  ['a nested field', detail({ status: ['ABORTED'] }), true],
  ['one element of an array', { resources: ['arn:two'] }, true],
  ['no element of an array', { resources: ['arn:three'] }, false],
  ['null', detail({ error: [null] }), true],
  ['null, of no field', detail({ nothing: [null] }), false],
  ['a boolean', detail({ done: [false] }), true],
  ['a number is not its text', detail({ size: ['12'] }), false],
  ['fields of one object of an array', detail({ list: { a: [1], b: [2] } }), true],
  ['fields of two objects of an array', detail({ list: { a: [1], b: [4] } }), false],
  ['a pattern of an object over a text', { source: { a: ['x'] } }, false],
  ['a pattern of an object over no field', detail({ nothing: { a: ['x'] } }), false],
  ['prefix', detail({ name: [{ prefix: 'job-' }] }), true],
  ['prefix of something else', detail({ name: [{ prefix: 'ob-' }] }), false],
  ['prefix of a number', detail({ size: [{ prefix: '1' }] }), false],
])('%s', (_title, pattern, result) => {
  expect(compilePattern(pattern)(execution)).toBe(result)
})

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

test('a filter of an event source works on stream records', () => {
  const filter = compilePattern({
    eventName: ['INSERT', 'MODIFY'],
    dynamodb: { Keys: { sk: { S: [{ prefix: 'JOB' }] } } },
  })
  expect(filter({ eventName: 'MODIFY', dynamodb: { Keys: { sk: { S: 'JOB' } } } })).toBe(true)
  expect(filter({ eventName: 'REMOVE', dynamodb: { Keys: { sk: { S: 'JOB' } } } })).toBe(false)
})
