import { describe, expect, test } from 'vitest'
import { STEP_EDGES, type State } from '#core/states.ts'
import { nextStep, type StepEvent } from '#core/step/reducer.ts'
import {
  acknowledge,
  checkpoint,
  claim,
  cleaned,
  cleanUpFailed,
  decline,
  FAULT,
  fence,
  finish,
  giveBack,
  keep,
  STEPS,
  skip,
  stepAfter,
  takeOver,
} from '../samples.ts'

/** `a` is the attempt that claimed the step, `b` another one, `h` the hook of a stand-down. */
const EVENTS: Record<string, StepEvent> = {
  'claim a': claim('a'),
  'claim b': claim('b'),
  'checkpoint a': checkpoint('a'),
  'finish a': finish('a'),
  'give-back a': giveBack('a'),
  'acknowledge a': acknowledge('a'),
  'decline a': decline('a'),
  fence: fence(),
  'fence, no abort': fence(null),
  'take-over h': takeOver('h'),
  'take-over g': takeOver('g'),
  'keep h': keep('h'),
  'cleaned h': cleaned('h'),
  'clean-up-failed': cleanUpFailed,
  skip,
}

const LETTERS: Record<string, State> = {
  P: 'PENDING',
  O: 'ONGOING',
  C: 'CANCELLING',
  X: 'CANCELLED',
  S: 'SUCCEEDED',
  F: 'FAILED',
}

/** What each event, in the order above, makes of it: a state's letter when it is written, else `same` or why not. */
const TABLE: Record<string, string> = {
  'ONGOING, live': 'same busy O S O C C C C busy busy fenced fenced F same',
  'ONGOING, lease ended': 'same O O S O C C C C O O fenced fenced F same',
  'ONGOING, given back': 'same O O S same C C C same O O fenced fenced F same',
  'ONGOING, under a hook': 'fenced fenced fenced fenced fenced fenced fenced C same same busy O F F same',
  'CANCELLING, fenced': 'same over fenced fenced C C C same same busy busy fenced fenced F same',
  'CANCELLING, acknowledged': 'over over fenced fenced same same same same same C C fenced fenced F same',
  'CANCELLING, declined': 'over over fenced fenced same same same same same C C fenced fenced F same',
  'CANCELLING, under a hook': 'over over fenced fenced fenced fenced fenced same same same busy C X F same',
  SUCCEEDED: 'done done fenced same same fenced fenced same same S S fenced fenced F same',
  'SUCCEEDED, under a hook': 'done done fenced fenced fenced fenced fenced same same same busy S X F same',
  CANCELLED: 'over over fenced fenced fenced fenced fenced same same done done fenced same same same',
  'CANCELLED, skipped':
    'over over fenced fenced fenced fenced fenced same same done done fenced same same same',
  FAILED: 'over over fenced fenced fenced fenced fenced same same done done fenced same same same',
}

const CASES = Object.entries(TABLE).flatMap(([state, row]) =>
  row.split(' ').map((cell, i) => [state, Object.keys(EVENTS)[i]!, LETTERS[cell] ?? cell] as const),
)

const told = (outcome: ReturnType<typeof nextStep>): string => {
  if (outcome.kind === 'refused') return outcome.reason
  return outcome.kind === 'same' ? 'same' : outcome.item.state
}

describe('every event in every state of a step', () => {
  test.each(CASES)('%s, then %s: %s', (state, event, expected) => {
    const step = STEPS[state]!
    const outcome = nextStep(step, EVENTS[event]!)
    expect(told(outcome)).toBe(expected)
    if (outcome.kind !== 'write') return expect(outcome.item).toBe(step)
    const edge = outcome.item.state === step.state || STEP_EDGES[step.state].includes(outcome.item.state)
    expect(edge).toBe(true)
    expect(['CANCELLED', 'FAILED']).not.toContain(step.state)
    expect(outcome.item.version).toBe(step.version + 1)
  })
})

const REPEATED = CASES.filter(([, event, told]) => told in STEP_EDGES && !/checkpoint|keep/.test(event))
test.each(REPEATED)(
  '%s, then %s twice, as when the reply was lost: the second changes nothing',
  (state, event) => {
    const first = nextStep(STEPS[state], EVENTS[event]!)
    const second = nextStep(first.item, EVENTS[event]!)
    expect(second.kind === 'same' || told(second) === 'done').toBe(true)
    expect(second.item).toBe(first.item)
  },
)

test('only a claim and a skip make an item', () => {
  const made = Object.entries(EVENTS).filter(([, event]) => nextStep(undefined, event).kind === 'write')
  expect(made.map(([name]) => name)).toEqual(['claim a', 'claim b', 'skip'])
})

test('a claim of an older epoch than the fence is refused', () => {
  const step = { ...STEPS['ONGOING, lease ended']!, epoch: 2 }
  expect(told(nextStep(step, claim('b', { epoch: 1 })))).toBe('fenced')
})

test('each attempt counts, and starts without the fault of the one before', () => {
  const step = stepAfter(claim('a'), giveBack('a'), claim('b'))
  expect(step).toMatchObject({ attempt: 2, fault: null, owner: 'b', attempt_ended: false })
})

test('a claim refused before its handler ran leaves nothing to clean up; a second one may', () => {
  expect(stepAfter(claim('a'), decline('a')).touched).toBe(false)
  expect(stepAfter(claim('a'), fence(), decline('a')).touched).toBe(false)
  expect(stepAfter(claim('a'), giveBack('a'), claim('b'), decline('b')).touched).toBe(true)
})

test('a failing step keeps its fault through a clean-up that is tried again, and ends FAILED', () => {
  const tried = stepAfter(claim('a'), giveBack('a'), takeOver('h'), giveBack('h', null), takeOver('g'))
  expect(nextStep(tried, cleaned('g')).item).toMatchObject({
    state: 'FAILED',
    fault: FAULT,
    cleaned_up: true,
  })
})

test('a stand-down that starts anew does not turn a failed step into a cancelled one', () => {
  const step = STEPS['ONGOING, under a hook']!
  expect(nextStep(step, fence(null))).toEqual({ kind: 'same', item: step })
})

test('finishing tells the last progress and checkpoint with the result', () => {
  const report = { data: { at: 9 }, progress: { done: 9, total: 9, unit: 'objects' } }
  const { item } = nextStep(STEPS['ONGOING, live'], { ...finish('a'), report })
  expect(item).toMatchObject({ checkpoint: { at: 9 }, progress: report.progress, result: { n: 1 } })
})
