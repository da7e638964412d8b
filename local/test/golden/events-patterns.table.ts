import { expect } from 'vitest'
import { compilePattern } from '#local/events/pattern.ts'
import type { GoldenRow } from './golden.ts'

const SOURCE = 'https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-event-patterns.html'

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

const patterns: [title: string, pattern: object, matches: boolean][] = [
  ['an empty pattern', {}, true],
  ['a literal', { source: ['aws.states'] }, true],
  ['another literal', { source: ['aws.s3'] }, false],
  ['one of several', { source: ['aws.s3', 'aws.states'] }, true],
  ['one field of two', { source: ['aws.states'], 'detail-type': ['other'] }, false],
  ['a literal in another case', { source: ['AWS.states'] }, false],
  ['a nested field', detail({ status: ['ABORTED'] }), true],
  ['one element of an array', { resources: ['arn:two'] }, true],
  ['no element of an array', { resources: ['arn:three'] }, false],
  ['null', detail({ error: [null] }), true],
  ['null, of no field', detail({ nothing: [null] }), false],
  ['a boolean', detail({ done: [false] }), true],
  ['the text of a number, over the number,', detail({ size: ['12'] }), false],
  ['fields of one object of an array', detail({ list: { a: [1], b: [2] } }), true],
  ['fields of two objects of an array', detail({ list: { a: [1], b: [4] } }), false],
  ['a pattern of an object over a text', { source: { a: ['x'] } }, false],
  ['a pattern of an object over no field', detail({ nothing: { a: ['x'] } }), false],
  ['prefix', detail({ name: [{ prefix: 'job-' }] }), true],
  ['prefix of something else', detail({ name: [{ prefix: 'ob-' }] }), false],
  ['prefix of a number', detail({ size: [{ prefix: '1' }] }), false],
]

/** What an event pattern matches. */
export const EVENT_PATTERNS: GoldenRow<unknown>[] = [
  ...patterns.map(([title, pattern, matches]) => ({
    behaviour: `${title} ${matches ? 'matches' : 'does not match'}`,
    source: SOURCE,
    check: () => expect(compilePattern(pattern)(execution)).toBe(matches),
  })),
  {
    behaviour: 'a filter of an event source is such a pattern over the stream record',
    source: 'https://docs.aws.amazon.com/lambda/latest/dg/invocation-eventfiltering.html',
    check() {
      const Keys = { sk: { S: 'JOB' } }
      const filter = compilePattern({
        eventName: ['INSERT', 'MODIFY'],
        dynamodb: { Keys: { sk: { S: [{ prefix: 'JOB' }] } } },
      })
      expect(filter({ eventName: 'MODIFY', dynamodb: { Keys } })).toBe(true)
      expect(filter({ eventName: 'REMOVE', dynamodb: { Keys } })).toBe(false)
    },
  },
]
