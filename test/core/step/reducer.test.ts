import { expect, test } from 'vitest'
import { STEP_EDGES } from '#core/states.ts'
import { nextStep, type StepEvent } from '#core/step/reducer.ts'
import {
  acknowledge,
  checkpoint,
  claim,
  claimOfAnother,
  claimToBoundary,
  cleaned,
  cleanUpFailed,
  cleanUpFailedLate,
  decline,
  EARLIER,
  FAULT,
  fence,
  finish,
  giveBack,
  giveBackToResume,
  heartbeat,
  inline,
  keep,
  STEPS,
  skip,
  stepAfter,
  takeOver,
  takeOverAgain,
} from '../samples.ts'
import { cellOf, testTransitions, transitionsIn, writesIn } from '../transitions.ts'

/** `a` is the attempt that claimed the step and `b` another; `h` is the hook that took it over and `g` another. */
const EVENTS: Record<string, StepEvent> = {
  'claim by a': claim('a'),
  'claim by b': claim('b'),
  'claim of another': claimOfAnother('b'),
  'checkpoint by a': checkpoint('a'),
  'heartbeat by a': heartbeat('a'),
  'finish by a': finish('a'),
  'give-back by a': giveBack('a'),
  'out of time, a': giveBackToResume('a'),
  'acknowledge by a': acknowledge('a'),
  'decline by a': decline('a'),
  fence: fence(),
  'fence, no abort': fence(null),
  'take-over by h': takeOver('h'),
  'take-over by g': takeOver('g'),
  'take-over, again': takeOverAgain('i'),
  'keep by h': keep('h'),
  'cleaned by h': cleaned('h'),
  'clean-up failed': cleanUpFailed,
  'failed late': cleanUpFailedLate,
  skip,
}

const TRANSITIONS = transitionsIn(`
| event            | ONGOING, live   | ONGOING, lease ended | ONGOING, given back | ONGOING, to resume |
|------------------|-----------------|----------------------|---------------------|--------------------|
| claim by a       | same            | same                 | same                | same               |
| claim by b       | refused: busy   | written              | written             | written            |
| claim of another | refused: taken  | refused: taken       | refused: taken      | refused: taken     |
| checkpoint by a  | written         | written              | refused: fenced     | refused: fenced    |
| heartbeat by a   | written         | written              | refused: fenced     | refused: fenced    |
| finish by a      | -> SUCCEEDED    | -> SUCCEEDED         | refused: fenced     | refused: fenced    |
| give-back by a   | written         | written              | same                | same               |
| out of time, a   | written         | written              | same                | same               |
| acknowledge by a | -> CANCELLING   | -> CANCELLING        | -> CANCELLING       | -> CANCELLING      |
| decline by a     | -> CANCELLING   | -> CANCELLING        | -> CANCELLING       | -> CANCELLING      |
| fence            | -> CANCELLING   | -> CANCELLING        | -> CANCELLING       | -> CANCELLING      |
| fence, no abort  | written         | written              | same                | written            |
| take-over by h   | refused: busy   | written              | written             | written            |
| take-over by g   | refused: busy   | written              | written             | written            |
| take-over, again | refused: busy   | written              | written             | written            |
| keep by h        | refused: fenced | refused: fenced      | refused: fenced     | refused: fenced    |
| cleaned by h     | refused: fenced | refused: fenced      | refused: fenced     | refused: fenced    |
| clean-up failed  | refused: busy   | -> FAILED            | -> FAILED           | -> FAILED          |
| failed late      | refused: busy   | -> FAILED            | -> FAILED           | -> FAILED          |
| skip             | same            | same                 | same                | same               |

| event            | ONGOING, fenced | ONGOING, under a hook | CANCELLING, fenced | CANCELLING, acknowledged |
|------------------|-----------------|-----------------------|--------------------|--------------------------|
| claim by a       | same            | refused: fenced       | same               | refused: over            |
| claim by b       | refused: fenced | refused: fenced       | refused: over      | refused: over            |
| claim of another | refused: taken  | refused: taken        | refused: taken     | refused: taken           |
| checkpoint by a  | refused: fenced | refused: fenced       | refused: fenced    | refused: fenced          |
| heartbeat by a   | written         | refused: fenced       | written            | refused: fenced          |
| finish by a      | refused: fenced | refused: fenced       | refused: fenced    | refused: fenced          |
| give-back by a   | written         | refused: fenced       | written            | same                     |
| out of time, a   | written         | refused: fenced       | written            | same                     |
| acknowledge by a | -> CANCELLING   | refused: fenced       | written            | same                     |
| decline by a     | -> CANCELLING   | refused: fenced       | written            | same                     |
| fence            | -> CANCELLING   | -> CANCELLING         | same               | same                     |
| fence, no abort  | same            | same                  | same               | same                     |
| take-over by h   | refused: busy   | same                  | refused: busy      | written                  |
| take-over by g   | refused: busy   | refused: busy         | refused: busy      | written                  |
| take-over, again | refused: busy   | refused: busy         | refused: busy      | written                  |
| keep by h        | refused: fenced | written               | refused: fenced    | refused: fenced          |
| cleaned by h     | refused: fenced | -> FAILED             | refused: fenced    | refused: fenced          |
| clean-up failed  | refused: busy   | refused: busy         | refused: busy      | -> FAILED                |
| failed late      | refused: busy   | refused: fenced       | refused: busy      | -> FAILED                |
| skip             | same            | same                  | same               | same                     |

| event            | CANCELLING, declined | CANCELLING, under a hook | SUCCEEDED       | SUCCEEDED, under a hook |
|------------------|----------------------|--------------------------|-----------------|-------------------------|
| claim by a       | refused: over        | refused: over            | refused: done   | refused: done           |
| claim by b       | refused: over        | refused: over            | refused: done   | refused: done           |
| claim of another | refused: taken       | refused: taken           | refused: taken  | refused: taken          |
| checkpoint by a  | refused: fenced      | refused: fenced          | refused: fenced | refused: fenced         |
| heartbeat by a   | refused: fenced      | refused: fenced          | refused: fenced | refused: fenced         |
| finish by a      | refused: fenced      | refused: fenced          | same            | refused: fenced         |
| give-back by a   | same                 | refused: fenced          | same            | refused: fenced         |
| out of time, a   | same                 | refused: fenced          | same            | refused: fenced         |
| acknowledge by a | same                 | refused: fenced          | refused: fenced | refused: fenced         |
| decline by a     | same                 | refused: fenced          | refused: fenced | refused: fenced         |
| fence            | same                 | same                     | same            | same                    |
| fence, no abort  | same                 | same                     | same            | same                    |
| take-over by h   | written              | same                     | written         | same                    |
| take-over by g   | written              | refused: busy            | written         | refused: busy           |
| take-over, again | written              | refused: busy            | written         | refused: busy           |
| keep by h        | refused: fenced      | written                  | refused: fenced | written                 |
| cleaned by h     | refused: fenced      | -> CANCELLED             | refused: fenced | -> CANCELLED            |
| clean-up failed  | -> FAILED            | refused: busy            | -> FAILED       | refused: busy           |
| failed late      | -> FAILED            | refused: fenced          | -> FAILED       | refused: fenced         |
| skip             | same                 | same                     | same            | same                    |

| event            | CANCELLED       | CANCELLED, skipped | FAILED          | FAILED, by itself | FAILED, under a hook |
|------------------|-----------------|--------------------|-----------------|-------------------|----------------------|
| claim by a       | refused: over   | refused: over      | refused: over   | refused: over     | refused: over        |
| claim by b       | refused: over   | refused: over      | refused: over   | refused: over     | refused: over        |
| claim of another | refused: taken  | refused: over      | refused: taken  | refused: taken    | refused: taken       |
| checkpoint by a  | refused: fenced | refused: fenced    | refused: fenced | refused: fenced   | refused: fenced      |
| heartbeat by a   | refused: fenced | refused: fenced    | refused: fenced | refused: fenced   | refused: fenced      |
| finish by a      | refused: fenced | refused: fenced    | refused: fenced | refused: fenced   | refused: fenced      |
| give-back by a   | refused: fenced | refused: fenced    | refused: fenced | refused: fenced   | refused: fenced      |
| out of time, a   | refused: fenced | refused: fenced    | refused: fenced | refused: fenced   | refused: fenced      |
| acknowledge by a | refused: fenced | refused: fenced    | refused: fenced | refused: fenced   | refused: fenced      |
| decline by a     | refused: fenced | refused: fenced    | refused: fenced | refused: fenced   | refused: fenced      |
| fence            | same            | same               | same            | same              | same                 |
| fence, no abort  | same            | same               | same            | same              | same                 |
| take-over by h   | refused: done   | refused: done      | refused: done   | refused: done     | refused: done        |
| take-over by g   | refused: done   | refused: done      | refused: done   | refused: done     | refused: done        |
| take-over, again | refused: done   | refused: done      | written         | refused: done     | refused: busy        |
| keep by h        | refused: fenced | refused: fenced    | refused: fenced | refused: fenced   | written              |
| cleaned by h     | same            | same               | same            | same              | written              |
| clean-up failed  | same            | same               | same            | same              | refused: fenced      |
| failed late      | same            | same               | same            | same              | refused: fenced      |
| skip             | same            | same               | same            | same              | same                 |
`)

testTransitions(TRANSITIONS, {
  next: nextStep,
  items: STEPS,
  events: EVENTS,
  edges: STEP_EDGES,
  cleanedAgain: ['FAILED', 'FAILED, by itself', 'FAILED, under a hook'],
})

// A checkpoint, a heartbeat and a keep renew the lease: a second one is written again.
const REPEATABLE = writesIn(TRANSITIONS).filter(({ event }) => !/checkpoint|heartbeat|keep/.test(event))
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
  expect(made.map(([name]) => name)).toEqual(['claim by a', 'claim by b', 'claim of another', 'skip'])
})

test('a claim of an older epoch than the fence is refused', () => {
  const step = { ...STEPS['ONGOING, lease ended']!, epoch: 2 }
  expect(nextStep(step, claim('b', { epoch: 1 }))).toMatchObject({ kind: 'refused', reason: 'fenced' })
})

test('a step that an expired job left under this name is overwritten, and nothing of it is kept', () => {
  const left = STEPS.SUCCEEDED!
  const { item } = nextStep(left, { ...claimOfAnother('b'), anew: true })
  const fresh = stepAfter(claimOfAnother('b'))
  expect(item).toEqual({ ...fresh, version: left.version + 1 })
})

test('what ran out of time at a boundary may go on, until an attempt of it dies', () => {
  const resumed = stepAfter(claimToBoundary('a'), giveBackToResume('a'), claimToBoundary('b'))
  expect(resumed.resumes).toBe(true)
  const dead = { ...resumed, lease_until: EARLIER }
  expect(nextStep(dead, claimToBoundary('c')).item?.resumes).toBe(false)
  expect(stepAfter(claim('a'), giveBackToResume('a')).resumes).toBe(false)
})

test('an attempt of a job that nobody aborts, and that never says anything, has failed of what its execution did', () => {
  const silent = stepAfter(claim('a', { lease_until: EARLIER }), fence(null), takeOver('h'), cleaned('h'))
  expect(silent).toMatchObject({ state: 'FAILED', fault: { ...FAULT, module_name: 'copy' } })
  expect(stepAfter(claim('a'), fence(null), acknowledge('a'))).toMatchObject({
    state: 'CANCELLING',
    fault: null,
  })
})

test('a clean-up that fails again keeps the step FAILED, with the newest fault', () => {
  const worse = { ...FAULT, exception_message: 'it broke again' }
  const failed = { ...cleanUpFailed, call: 'stand-down-again-1', fault: worse }
  const again = stepAfter(
    ...[claim('a'), acknowledge('a'), takeOver('g'), giveBack('g'), cleanUpFailed],
    ...[takeOverAgain('h'), giveBack('h'), failed],
  )
  expect(again).toMatchObject({
    state: 'FAILED',
    cleaned_up: false,
    clean_up: { fault: worse, again: false },
  })
  expect(again.fault).toBeNull()
})

test('the fault of a clean-up stands beside the own fault of the step', () => {
  const worse = { ...FAULT, exception_message: 'the clean-up broke', function_name: 'abort' }
  const step = stepAfter(claim('a'), giveBack('a'), takeOver('h'), giveBack('h', null), {
    ...cleanUpFailed,
    fault: worse,
  })
  expect(step).toMatchObject({ state: 'FAILED', fault: FAULT, clean_up: { fault: worse } })
})

test('what was written never gets an earlier time than what was written before', () => {
  const { item } = nextStep(STEPS['ONGOING, live'], { ...checkpoint('a'), at: EARLIER })
  expect(item?.updated_at).toBe(STEPS['ONGOING, live']!.updated_at)
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
