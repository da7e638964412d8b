import { describe, expect, test } from 'vitest'
import { isIdle, whenToStop } from '#core/abort/stop.ts'
import { outcomeOf } from '#core/clean-up/left-behind.ts'
import { hookFor, nextHooks } from '#core/clean-up/order.ts'
import { needsTidying, neverClaimed, runningSteps } from '#core/clean-up/unfinished.ts'
import { begin, close, EARLIER, FAULT, JOBS, jobAfter, NOW, request, STEPS, stepIn } from '../samples.ts'
import { TEMPLATE } from '../template-samples.ts'

const graceful = JOBS['CANCELLING, graceful']!
const undoing = { ...graceful, abort_request: { ...request, rollback: true } } as typeof graceful
const CALL = 'stand-down-0'
const failedOf = (error: string) =>
  jobAfter(begin, { ...close('FAILED'), end: { status: 'FAILED', error, cause: null } })
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
    expect(hookFor(graceful, STEPS[state]!)).toBe(without)
    expect(hookFor(undoing, STEPS[state]!)).toBe(withRollback)
  })

  test('a job that failed by itself undoes nothing', () => {
    expect(hookFor(JOBS['ONGOING, closed']!, STEPS.SUCCEEDED!)).toBeNull()
  })

  test('a repeated clean-up tries what an earlier one left behind, and in none of its generations twice', () => {
    const again = JOBS['FAILED, cleaning up']!
    const left = (more: object) => stepIn('FAILED', { clean_up: { ...FAILED_CLEAN_UP, ...more } })
    expect(hookFor(again, left({}))).toBe('abort')
    expect(hookFor({ ...again, clean_up: { ...again.clean_up!, run: 2 } }, left({ run: 1 }))).toBe('abort')
    expect(hookFor(again, left({ run: again.clean_up!.run, call: 'another' }))).toBeNull()
    expect(hookFor(JOBS['FAILED, of a clean-up']!, left({}))).toBeNull()
  })
})

test('the next hooks are those of the highest order, at once, and no more than asked for', () => {
  const steps = [named('a', 1), named('b', 2), named('c', 2), named('d', 3, { state: 'CANCELLED' })]
  expect(nextHooks(graceful, steps, 9).map((call) => call.step.name)).toEqual(['b', 'c'])
  expect(nextHooks(graceful, steps, 1).map((call) => call.step.name)).toEqual(['b'])
  expect(nextHooks(graceful, [], 9)).toEqual([])
})

test('going on from the items each time, every step is cleaned up once, in reverse order', () => {
  let steps = [named('a', 1), named('b', 2), named('c', 3), stepIn('SUCCEEDED', { name: 'd', order: 4 })]
  const order: string[] = []
  for (let calls = nextHooks(undoing, steps, 9); calls.length > 0; calls = nextHooks(undoing, steps, 9)) {
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
    [
      'graceful, it ran out of time and goes on in its next attempt',
      'CANCELLING, graceful',
      [STEPS['ONGOING, to resume']!],
      false,
    ],
    ['force, it goes on in its next attempt', 'CANCELLING, force', [STEPS['ONGOING, to resume']!], true],
    ['force, a step runs', 'CANCELLING, force', [live], true],
    ['being stood down', 'CANCELLING, force, closed', [], false],
    ['not being cancelled', 'ONGOING', [], false],
    ['ended', 'CANCELLED', [], false],
  ])('%s', (_title, state, steps, expected) => {
    const when = whenToStop(JOBS[state]!)
    expect(when === 'now' || (when === 'once-idle' && isIdle(steps, NOW))).toBe(expected)
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

test('a step that asks for certainty is waited for until its Lambda is over, however its lease ended', () => {
  const frozen = { ...STEPS['CANCELLING, fenced']!, lease_until: EARLIER }
  expect(runningSteps([frozen], NOW)).toEqual([])
  const certain = { ...frozen, clean_up_after: 'lambda' as const }
  expect(runningSteps([certain], NOW)).toEqual([certain])
  expect(runningSteps([{ ...certain, dead_by: EARLIER }], NOW)).toEqual([])
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
  expect(outcomeOf(graceful, [cleaned, ended])).toEqual({
    aborted: true,
    left_behind: [],
    not_undone: [],
    fault: null,
  })
})

test('a job that failed by itself says what its clean-ups left, and keeps its own fault', () => {
  const failed = stepIn('FAILED', { fault: FAULT, clean_up: FAILED_CLEAN_UP })
  const { left_behind, fault, aborted } = outcomeOf(failedOf('E'), [failed])
  expect(left_behind).toEqual(['copy: it broke'])
  expect(fault?.exception).toBe('E')
  expect(aborted).toBe(false)
})

describe('the fault of a job that failed by itself', () => {
  const own = stepIn('FAILED', { name: 'copy', fault: FAULT })
  const silent = {
    ...stepIn('FAILED', { name: 'send' }),
    fenced: true,
    fault: { ...FAULT, module_name: 'send' },
  }
  test('names the step that failed of what the execution ended of, in its own words', () => {
    const other = stepIn('FAILED', { name: 'list', fault: { ...FAULT, exception: 'F', module_name: 'list' } })
    expect(outcomeOf(failedOf('E'), [other, own, silent]).fault).toEqual(FAULT)
  })
  test('names the only step that never said anything, as by process.exit', () => {
    const fault = outcomeOf(failedOf('Runtime.ExitError'), [silent]).fault
    expect(fault).toMatchObject({ exception: 'Runtime.ExitError', module_name: 'send' })
  })
  test('names the execution where no step says it', () => {
    expect(outcomeOf(failedOf('States.Runtime'), [own]).fault?.module_name).toBe('execution')
    expect(outcomeOf(failedOf('E'), [silent, { ...silent, name: 'copy' }]).fault?.module_name).toBe(
      'execution',
    )
  })
})

describe('what a rollback did not undo', () => {
  const kept = (more: Parameters<typeof stepIn>[1], state: 'SUCCEEDED' | 'CANCELLED' = 'SUCCEEDED') =>
    outcomeOf(undoing, [stepIn(state, { name: 'copy', index: 3, ...more })]).not_undone
  const line = (reason: string) => [{ step: 'copy', index: 3, reason }]
  const reverted = { hook: 'revert' as const, call: CALL, fault: null, again: false }
  test.each([
    ['a finished step without revert', 'SUCCEEDED', { hooks: [] }, line('it has no revert')],
    ['of layout 1: its function had none', 'CANCELLED', { clean_up: reverted }, line('it has no revert')],
    ['an interrupted step without abort', 'CANCELLED', {}, line('it has no abort')],
    ['what cannot be undone', 'CANCELLED', { irreversible: 'sent', cleaned_up: true }, line('sent')],
    ['nothing of a step that was undone', 'CANCELLED', { cleaned_up: true }, []],
    ['nothing of a step that never ran', 'CANCELLED', { touched: false, irreversible: 'sent' }, []],
    ['nothing of what was left behind', 'CANCELLED', { clean_up: FAILED_CLEAN_UP }, []],
  ] as const)('%s', (_title, state, more, expected) => {
    expect(kept(more as Parameters<typeof stepIn>[1], state)).toEqual(expected)
  })
  test('is not asked where nobody asked for one', () => {
    expect(outcomeOf(graceful, [stepIn('SUCCEEDED', { hooks: [] })]).not_undone).toEqual([])
  })
})

describe('the order of clean-up within a loop and a Map', () => {
  const next = (steps: ReturnType<typeof named>[]) =>
    nextHooks(graceful, steps, 9).map(({ step }) => `${step.name}@${step.visit ?? step.index}`)
  const allOf = (steps: ReturnType<typeof named>[]): string[] => {
    const first = next(steps)
    const rest = steps.filter((step) => !first.includes(`${step.name}@${step.visit ?? step.index}`))
    return first.length === 0 ? [] : [first.join(' '), ...allOf(rest)]
  }
  const inLoop = (name: string, order: number, second: number) =>
    named(name, order, { loop_order: 2, visit: `2026-01-31T09:00:0${second}.000Z` })
  const at = (second: number): string => `2026-01-31T09:00:0${second}.000Z`

  test('the visits of a loop are cleaned up one by one, the last one first', () => {
    const steps = [
      inLoop('a', 1, 1),
      inLoop('a', 1, 3),
      inLoop('b', 2, 2),
      inLoop('b', 2, 4),
      named('c', 3, { index: 0 }),
    ]
    expect(allOf(steps)).toEqual(['c@0', `b@${at(4)}`, `a@${at(3)}`, `b@${at(2)}`, `a@${at(1)}`])
  })

  test('items of a Map go by descending rank, equal ranks together, without one last', () => {
    const ranks = [1, 3, 3, null, 2]
    const steps = ranks.map((rank, index) => named('act', 2, { index, rank }))
    expect(allOf(steps)).toEqual(['act@1 act@2', 'act@4', 'act@0', 'act@3'])
  })
})

test('only an ended job with an unfinished step needs tidying', () => {
  expect(needsTidying(JOBS.SUCCEEDED!, [STEPS['ONGOING, given back']!])).toBe(true)
  expect(needsTidying(JOBS.SUCCEEDED!, [STEPS.SUCCEEDED!])).toBe(false)
  expect(needsTidying(JOBS.ONGOING!, [STEPS['ONGOING, live']!])).toBe(false)
})
