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
    empty: [],
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
  ['a boolean', detail({ done: [false] }), true],
  ['a number is not its text', detail({ size: ['12'] }), false],
  ['fields of one object of an array', detail({ list: { a: [1], b: [2] } }), true],
  ['fields of two objects of an array', detail({ list: { a: [1], b: [4] } }), false],
  ['a pattern of an object over a text', { source: { a: ['x'] } }, false],
  ['prefix', detail({ name: [{ prefix: 'job-' }] }), true],
  ['prefix of something else', detail({ name: [{ prefix: 'ob-' }] }), false],
  ['prefix whatever the case', detail({ name: [{ prefix: { 'equals-ignore-case': 'JOB' } }] }), true],
  ['suffix', detail({ name: [{ suffix: '-1' }] }), true],
  ['suffix of something else', detail({ name: [{ suffix: '-' }] }), false],
  ['equals-ignore-case', detail({ status: [{ 'equals-ignore-case': 'aborted' }] }), true],
  ['anything-but another', detail({ status: [{ 'anything-but': 'RUNNING' }] }), true],
  ['anything-but itself', detail({ status: [{ 'anything-but': 'ABORTED' }] }), false],
  ['anything-but a list with it', detail({ status: [{ 'anything-but': ['RUNNING', 'ABORTED'] }] }), false],
  ['anything-but a number', detail({ size: [{ 'anything-but': [12] }] }), false],
  ['anything-but needs the field', detail({ nothing: [{ 'anything-but': 'x' }] }), false],
  ['anything-but a prefix', detail({ name: [{ 'anything-but': { prefix: 'job' } }] }), false],
  ['anything-but several prefixes', detail({ name: [{ 'anything-but': { prefix: ['a', 'b'] } }] }), true],
  ['anything-but a suffix', detail({ name: [{ 'anything-but': { suffix: '-1' } }] }), false],
  [
    'anything-but whatever the case',
    detail({ status: [{ 'anything-but': { 'equals-ignore-case': 'Aborted' } }] }),
    false,
  ],
  ['anything-but a wildcard', detail({ name: [{ 'anything-but': { wildcard: 'j*1' } }] }), false],
  ['exists', detail({ name: [{ exists: true }] }), true],
  ['exists, of null', detail({ error: [{ exists: true }] }), true],
  ['exists, of an object', { detail: [{ exists: true }] }, false],
  ['exists not, of a field', detail({ name: [{ exists: false }] }), false],
  ['exists not, of no field', detail({ nothing: [{ exists: false }] }), true],
  ['exists not, below no object', detail({ nothing: { below: [{ exists: false }] } }), true],
  ['exists not, of an empty array', detail({ empty: [{ exists: false }] }), true],
  ['absent or a value', detail({ nothing: [{ exists: false }, 'x'] }), true],
  ['numeric =', detail({ size: [{ numeric: ['=', 12] }] }), true],
  ['numeric range', detail({ size: [{ numeric: ['>', 0, '<=', 12] }] }), true],
  ['numeric above the range', detail({ size: [{ numeric: ['>=', 0, '<', 12] }] }), false],
  ['numeric of a text', detail({ name: [{ numeric: ['>', 0] }] }), false],
  ['$or, the second', { $or: [{ source: ['x'] }, { detail: { size: [12] } }] }, true],
  ['$or, none', { $or: [{ source: ['x'] }, { source: ['y'] }] }, false],
  [
    '$or and a field beside it',
    { source: ['x'], $or: [{ source: ['aws.states'] }, { source: ['y'] }] },
    false,
  ],
  ['$or inside', detail({ $or: [{ size: [1] }, { name: ['job-1'] }] }), true],
])('%s', (_title, pattern, result) => {
  expect(compilePattern(pattern)(execution)).toBe(result)
})

test.each([
  ['*', '', true],
  ['*', 'anything', true],
  ['a*', 'abc', true],
  ['*c', 'abc', true],
  ['a*c', 'ac', true],
  ['a*a', 'a', false],
  ['a*b*c', 'a-b-c', true],
  ['a*b*c', 'a-c-b', false],
  ['ab*bc', 'abc', false],
  ['*ab*ab', 'ab', false],
  ['a\\*c', 'a*c', true],
  ['a\\*c', 'abc', false],
  ['a\\\\*', 'a\\x', true],
  ['abc', 'abcd', false],
])('the wildcard %s over "%s" is %s', (wildcard, value, result) => {
  expect(compilePattern({ key: [{ wildcard }] })({ key: value })).toBe(result)
})

test.each([
  [[], 'must be a JSON object'],
  [{ source: 'x' }, 'source must be an object or an array, not "x"'],
  [{ source: [] }, 'empty arrays are not allowed, at source'],
  [{ detail: {} }, 'empty objects are not allowed, at detail'],
  [
    { detail: { a: [{ like: 'x' }] } },
    'unrecognized match type like, at detail.a; use one of exists, prefix',
  ],
  [{ a: [{ toString: 'x' }] }, 'unrecognized match type toString'],
  [{ a: [{ prefix: 'x', suffix: 'y' }] }, 'exactly one operator, at a'],
  [{ a: [{ prefix: 1 }] }, 'prefix must be a string, at a, not 1'],
  [{ a: [{ prefix: { wildcard: 'x' } }] }, 'only equals-ignore-case is possible here'],
  [{ a: [{ exists: 'yes' }] }, 'exists must be true or false'],
  [{ a: [{ numeric: ['>'] }] }, 'numeric takes one or two pairs'],
  [{ a: [{ numeric: ['~', 1] }] }, 'not ["~",1]'],
  [{ a: [{ 'anything-but': [] }] }, 'anything-but takes strings or numbers'],
  [{ a: [{ 'anything-but': { numeric: ['>', 1] } }] }, 'anything-but takes no numeric'],
  [{ a: [{ wildcard: 'a**b' }] }, 'consecutive wildcards'],
  [{ a: [{ wildcard: 'a\\b' }] }, 'may be escaped'],
  [{ a: [['x']] }, 'arrays may not be nested'],
  [{ $or: [{ a: ['x'] }] }, '$or needs at least two'],
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
