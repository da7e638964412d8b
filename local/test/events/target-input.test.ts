import { expect, test } from 'vitest'
import { checkTarget, inputOf, type Target } from '#local/events/target-input.ts'
import { busEvent, target } from './bridge.ts'

const event = busEvent({ resources: ['arn:one'], detail: { name: 'job "1"', size: 3, 'a b': true } })
const rule = { name: 'settle', arn: 'arn:rule' }
const transformer = (inputTemplate: string) => ({
  inputTransformer: {
    inputPathsMap: { name: '$.detail.name', size: '$.detail.size', none: '$.detail.none' },
    inputTemplate,
  },
})

test.each<[string, Partial<Target>, unknown]>([
  ['the event itself', {}, event],
  ['a constant', { input: '{"a":1}' }, { a: 1 }],
  ['a part', { inputPath: '$.detail' }, event.detail],
  ['an element', { inputPath: '$.resources[0]' }, 'arn:one'],
  ['a quoted name', { inputPath: "$.detail['a b']" }, true],
  ['values as JSON', transformer('{"n":<name>,"s":<size>,"x":<none>}'), { n: 'job "1"', s: 3, x: null }],
  ['values inside a text', transformer('{"text":"<name> has <size>"}'), { text: 'job "1" has 3' }],
  ['names of the rule', transformer('{"rule":<aws.events.rule-name>}'), { rule: 'settle' }],
  ['the whole event', transformer('{"e":<aws.events.event>}'), { e: event }],
])('a target gets %s', (_title, input, expected) => {
  expect(inputOf(target('a', input), rule, event)).toEqual(expected)
})

test.each<[Partial<Target>, string]>([
  [{ inputPath: '$.detail[*]' }, 'rule settle, target a: the path $.detail[*] cannot run locally'],
  [{ input: '{' }, 'rule settle, target a:'],
])('%j is refused before any event comes', (input, message) => {
  expect(() => checkTarget(target('a', input), 'settle')).toThrow(message)
})
