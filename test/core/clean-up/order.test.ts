import { describe, expect, test } from 'vitest'
import { outcomeOf } from '#core/clean-up/left-behind.ts'
import { hookFor, nextHooks } from '#core/clean-up/order.ts'
import { needsTidying, neverClaimed, runningSteps, shouldStop } from '#core/clean-up/unfinished.ts'
import { EARLIER, FAULT, JOBS, NOW, request, STEPS, stepIn, TEMPLATE } from '../samples.ts'

const graceful = JOBS['CANCELLING, graceful']!
const undoing = { ...graceful, abort_request: { ...request, rollback: true } } as typeof graceful
const CALL = 'stand-down-0'
const FAILED_CLEAN_UP = { hook: 'abort' as const, call: CALL, fault: FAULT, again: false }
const named = (name: string, order: number, more = {}) => stepIn('CANCELLING', { name, order, ...more })

describe('the hook that a step still needs', () => {
  const rows: [string, 'abort' | null, 'abort' | 'revert' | null][] = [
    ['ONGOING, live', 'abort', 'abort'],
    ['ONGOING, given back', 'abort', 'abort'],
    ['CANCELLING, fenced', 'abort', 'abort'],
    ['CANCELLING, declined', 'abort', 'abort'],
    ['SUCCEEDED', null, 'revert'],
    ['CANCELLED', null, null],
    ['CANCELLED, skipped', null, null],
    ['FAILED', null, null],
  ]
  test.each(rows)('%s: %s, with rollback %s', (state, without, withRollback) => {
    expect(hookFor(graceful, STEPS[state]!, CALL)).toBe(without)
    expect(hookFor(undoing, STEPS[state]!, CALL)).toBe(withRollback)
  })

  test('a job that failed by itself undoes nothing', () => {
    expect(hookFor(JOBS['ONGOING, closed']!, STEPS.SUCCEEDED!, CALL)).toBeNull()
  })
})

test('the next hooks are those of the highest order, at once, and no more than asked for', () => {
  const steps = [named('a', 1), named('b', 2), named('c', 2), named('d', 3, { state: 'CANCELLED' })]
  expect(nextHooks(graceful, steps, { call: CALL, limit: 9 }).map((call) => call.step.name)).toEqual([
    'b',
    'c',
  ])
  expect(nextHooks(graceful, steps, { call: CALL, limit: 1 }).map((call) => call.step.name)).toEqual(['b'])
  expect(nextHooks(graceful, [], { call: CALL, limit: 9 })).toEqual([])
})

test('going on from the items each time, every step is cleaned up once, in reverse order', () => {
  let steps = [named('a', 1), named('b', 2), named('c', 3), stepIn('SUCCEEDED', { name: 'd', order: 4 })]
  const order: string[] = []
  for (
    let calls = nextHooks(undoing, steps, { call: CALL, limit: 9 });
    calls.length > 0;
    calls = nextHooks(undoing, steps, { call: CALL, limit: 9 })
  ) {
    order.push(...calls.map(({ hook, step }) => `${hook} ${step.name}`))
    const done = new Set(calls.map((call) => call.step.name))
    steps = steps.map((step) => (done.has(step.name) ? { ...step, state: 'CANCELLED' as const } : step))
  }
  expect(order).toEqual(['revert d', 'abort c', 'abort b', 'abort a'])
})

describe('whether the execution should be stopped', () => {
  const live = STEPS['ONGOING, live']!
  test.each([
    ['graceful, nothing runs', 'CANCELLING, graceful', [], true],
    ['graceful, a step runs', 'CANCELLING, graceful', [live], false],
    ['graceful, its lease has ended', 'CANCELLING, graceful', [STEPS['ONGOING, lease ended']!], true],
    [
      'graceful, it gave back and waits for its retry',
      'CANCELLING, graceful',
      [STEPS['ONGOING, given back']!],
      true,
    ],
    ['force, a step runs', 'CANCELLING, force', [live], true],
    ['being stood down', 'CANCELLING, force, closed', [], false],
    ['not being cancelled', 'ONGOING', [], false],
    ['ended', 'CANCELLED', [], false],
  ])('%s', (_title, state, steps, expected) => {
    expect(shouldStop(JOBS[state]!, steps, NOW)).toBe(expected)
  })
})

test('the drain waits for whoever neither said that it stopped nor lost its lease', () => {
  const waits = Object.entries(STEPS).filter(([, step]) => runningSteps([step], NOW).length > 0)
  expect(waits.map(([name]) => name)).toEqual([
    'ONGOING, live',
    'ONGOING, fenced',
    'ONGOING, under a hook',
    'CANCELLING, fenced',
    'CANCELLING, under a hook',
  ])
})

test('the Lambda being over ends the wait before the lease does', () => {
  const step = { ...STEPS['CANCELLING, fenced']!, dead_by: EARLIER }
  expect(runningSteps([step], NOW)).toEqual([])
})

test('only steps without any item were never claimed', () => {
  expect(neverClaimed(TEMPLATE, [stepIn('SUCCEEDED', { name: 'list' })]).map((step) => step.name)).toEqual([
    'copy',
  ])
})

test('what could not be cleaned up is named, with the fault that it means for the job', () => {
  const failed = stepIn('FAILED', { name: 'copy', index: 3, clean_up: FAILED_CLEAN_UP })
  const { left_behind, fault } = outcomeOf(graceful, [failed, STEPS.CANCELLED!])
  expect(left_behind).toEqual(['copy[3]: it broke'])
  expect(fault).toMatchObject({
    exception: 'CleanUpFailed',
    exception_message: 'the clean-up of copy[3] failed',
  })
})

test('nothing is left behind where the step that failed was cleaned up', () => {
  const cleaned = stepIn('FAILED', { clean_up: FAILED_CLEAN_UP, cleaned_up: true })
  const ended = stepIn('FAILED', { fault: FAULT })
  expect(outcomeOf(graceful, [cleaned, ended])).toEqual({ left_behind: [], not_undone: [], fault: null })
})

test('a job that failed by itself says what its clean-ups left, and keeps its own fault', () => {
  const failed = stepIn('FAILED', { fault: FAULT, clean_up: FAILED_CLEAN_UP })
  expect(outcomeOf(JOBS['ONGOING, closed']!, [failed])).toEqual({
    left_behind: ['copy: it broke'],
    not_undone: [],
    fault: null,
  })
})

test('only an ended job with an unfinished step needs tidying', () => {
  expect(needsTidying(JOBS.SUCCEEDED!, [STEPS['ONGOING, given back']!])).toBe(true)
  expect(needsTidying(JOBS.SUCCEEDED!, [STEPS.SUCCEEDED!])).toBe(false)
  expect(needsTidying(JOBS.ONGOING!, [STEPS['ONGOING, live']!])).toBe(false)
})
