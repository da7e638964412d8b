import { expect, test } from 'vitest'
import { STEP_EDGES } from '#core/states.ts'
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
  inline,
  keep,
  STEPS,
  skip,
  stepAfter,
  takeOver,
} from '../samples.ts'
import { cellOf, testTransitions, transitionsIn, writesIn } from '../transitions.ts'

/** `a` is the attempt that claimed the step and `b` another; `h` is the hook that took it over and `g` another. */
const EVENTS: Record<string, StepEvent> = {
  'claim by a': claim('a'),
  'claim by b': claim('b'),
  'checkpoint by a': checkpoint('a'),
  'finish by a': finish('a'),
  'give-back by a': giveBack('a'),
  'acknowledge by a': acknowledge('a'),
  'decline by a': decline('a'),
  fence: fence(),
  'fence, no abort': fence(null),
  'take-over by h': takeOver('h'),
  'take-over by g': takeOver('g'),
  'keep by h': keep('h'),
  'cleaned by h': cleaned('h'),
  'clean-up failed': cleanUpFailed,
  skip,
}

const TRANSITIONS = transitionsIn(`
| event            | ONGOING, live   | ONGOING, lease ended | ONGOING, given back | ONGOING, under a hook |
|------------------|-----------------|----------------------|---------------------|-----------------------|
| claim by a       | same            | same                 | same                | refused: fenced       |
| claim by b       | refused: busy   | written              | written             | refused: fenced       |
| checkpoint by a  | written         | written              | written             | refused: fenced       |
| finish by a      | -> SUCCEEDED    | -> SUCCEEDED         | -> SUCCEEDED        | refused: fenced       |
| give-back by a   | written         | written              | same                | refused: fenced       |
| acknowledge by a | -> CANCELLING   | -> CANCELLING        | -> CANCELLING       | refused: fenced       |
| decline by a     | -> CANCELLING   | -> CANCELLING        | -> CANCELLING       | refused: fenced       |
| fence            | -> CANCELLING   | -> CANCELLING        | -> CANCELLING       | -> CANCELLING         |
| fence, no abort  | -> CANCELLING   | -> CANCELLING        | same                | same                  |
| take-over by h   | refused: busy   | written              | written             | same                  |
| take-over by g   | refused: busy   | written              | written             | refused: busy         |
| keep by h        | refused: fenced | refused: fenced      | refused: fenced     | written               |
| cleaned by h     | refused: fenced | refused: fenced      | refused: fenced     | -> FAILED             |
| clean-up failed  | -> FAILED       | -> FAILED            | -> FAILED           | -> FAILED             |
| skip             | same            | same                 | same                | same                  |

| event            | CANCELLING, fenced | CANCELLING, acknowledged | CANCELLING, declined | CANCELLING, under a hook |
|------------------|--------------------|--------------------------|----------------------|--------------------------|
| claim by a       | same               | refused: over            | refused: over        | refused: over            |
| claim by b       | refused: over      | refused: over            | refused: over        | refused: over            |
| checkpoint by a  | refused: fenced    | refused: fenced          | refused: fenced      | refused: fenced          |
| finish by a      | refused: fenced    | refused: fenced          | refused: fenced      | refused: fenced          |
| give-back by a   | written            | same                     | same                 | refused: fenced          |
| acknowledge by a | written            | same                     | same                 | refused: fenced          |
| decline by a     | written            | same                     | same                 | refused: fenced          |
| fence            | same               | same                     | same                 | same                     |
| fence, no abort  | same               | same                     | same                 | same                     |
| take-over by h   | refused: busy      | written                  | written              | same                     |
| take-over by g   | refused: busy      | written                  | written              | refused: busy            |
| keep by h        | refused: fenced    | refused: fenced          | refused: fenced      | written                  |
| cleaned by h     | refused: fenced    | refused: fenced          | refused: fenced      | -> CANCELLED             |
| clean-up failed  | -> FAILED          | -> FAILED                | -> FAILED            | -> FAILED                |
| skip             | same               | same                     | same                 | same                     |

| event            | SUCCEEDED       | SUCCEEDED, under a hook | CANCELLED       | CANCELLED, skipped | FAILED          |
|------------------|-----------------|-------------------------|-----------------|--------------------|-----------------|
| claim by a       | refused: done   | refused: done           | refused: over   | refused: over      | refused: over   |
| claim by b       | refused: done   | refused: done           | refused: over   | refused: over      | refused: over   |
| checkpoint by a  | refused: fenced | refused: fenced         | refused: fenced | refused: fenced    | refused: fenced |
| finish by a      | same            | refused: fenced         | refused: fenced | refused: fenced    | refused: fenced |
| give-back by a   | same            | refused: fenced         | refused: fenced | refused: fenced    | refused: fenced |
| acknowledge by a | refused: fenced | refused: fenced         | refused: fenced | refused: fenced    | refused: fenced |
| decline by a     | refused: fenced | refused: fenced         | refused: fenced | refused: fenced    | refused: fenced |
| fence            | same            | same                    | same            | same               | same            |
| fence, no abort  | same            | same                    | same            | same               | same            |
| take-over by h   | written         | same                    | refused: done   | refused: done      | refused: done   |
| take-over by g   | written         | refused: busy           | refused: done   | refused: done      | refused: done   |
| keep by h        | refused: fenced | written                 | refused: fenced | refused: fenced    | refused: fenced |
| cleaned by h     | refused: fenced | -> CANCELLED            | same            | same               | same            |
| clean-up failed  | -> FAILED       | -> FAILED               | same            | same               | same            |
| skip             | same            | same                    | same            | same               | same            |
`)

testTransitions(TRANSITIONS, { next: nextStep, items: STEPS, events: EVENTS, edges: STEP_EDGES })

// A checkpoint and a keep renew the lease: a second one is written again.
const REPEATABLE = writesIn(TRANSITIONS).filter(({ event }) => !/checkpoint|keep/.test(event))
test.each(REPEATABLE)(
  '$state, then $event twice, as when the reply was lost: the second changes nothing',
  ({ state, event }) => {
    const first = nextStep(STEPS[state], EVENTS[event]!)
    const second = nextStep(first.item, EVENTS[event]!)
    expect(['same', 'refused: done']).toContain(cellOf(first.item, second))
    expect(second.item).toBe(first.item)
  },
)

test('only a claim and a skip make an item', () => {
  const made = Object.entries(EVENTS).filter(([, event]) => nextStep(undefined, event).kind === 'write')
  expect(made.map(([name]) => name)).toEqual(['claim by a', 'claim by b', 'skip'])
})

test('a claim of an older epoch than the fence is refused', () => {
  const step = { ...STEPS['ONGOING, lease ended']!, epoch: 2 }
  expect(nextStep(step, claim('b', { epoch: 1 }))).toMatchObject({ kind: 'refused', reason: 'fenced' })
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

test('finishing keeps the last progress and checkpoint with the result', () => {
  const report = { data: inline({ at: 9 }), progress: { done: 9, total: 9, unit: 'objects' } }
  const { item } = nextStep(STEPS['ONGOING, live'], { ...finish('a'), report })
  expect(item).toMatchObject({
    checkpoint: inline({ at: 9 }),
    progress: report.progress,
    result: inline({ n: 1 }),
  })
})
