import { describe, expect, test } from 'vitest'
import { EVENTS_A_RETRY, EVENTS_AN_ITEM, HISTORY_EVENTS } from '#core/clean-up/history.ts'
import type { ScopeJson, StateJson } from '#infra/asl/definition.ts'
import { innerScopes, stepMark } from '#infra/asl/definition.ts'
import { type Author, render } from './render.ts'

const ITEMS = 1_000

/** Every step, with how many of its kind run at once as the definition that is deployed has it. */
function* stepsIn(scope: ScopeJson, copies = 1): Generator<{ state: StateJson; copies: number }> {
  for (const state of Object.values(scope.States)) {
    if (stepMark(state)) yield { state, copies }
    const items = state.Type === 'Map' ? Math.min(state.MaxConcurrency || 40, 40) : 1
    for (const inner of innerScopes(state)) yield* stepsIn(inner, copies * items)
  }
}

const attempts = ({ Retry = [] }: StateJson): number =>
  Retry.reduce((sum, { MaxAttempts = 3 }) => sum + Number(MaxAttempts), 0)

/** The events of a chain whose every step uses up all that it may be tried again, all at once. */
const worst = (definition: ScopeJson): number =>
  [...stepsIn(definition)].reduce((sum, { state, copies }) => sum + copies * attempts(state), 0) *
  EVENTS_A_RETRY

const list = { items: '$.list' }
const nested = { items: '$.item' }

const chains: [
  title: string,
  chain: (author: Author) => ReturnType<Author['step']> | ReturnType<Author['steps']['map']>,
][] = [
  ['a step alone', ({ step }) => step('alone')],
  [
    "a step with its author's retries",
    ({ step }) =>
      step('alone').addRetry({ errors: ['Flaky'], maxAttempts: 500 }) as ReturnType<Author['step']>,
  ],
  ['a Map without a bound', ({ steps, step }) => steps.map('Each', list).itemProcessor(step('child'))],
  [
    "a Map whose children have their author's retries",
    ({ steps, step }) =>
      steps.map('Each', list).itemProcessor(step('child').addRetry({ errors: ['Flaky'], maxAttempts: 8 })),
  ],
  [
    'a Map in a Map',
    ({ steps, step }) =>
      steps.map('Outer', list).itemProcessor(steps.map('Inner', nested).itemProcessor(step('child'))),
  ],
]

describe.each(chains)('%s', (_title, chain) => {
  test('fits a history with all its retries and a thousand items', () => {
    const events = worst(render(chain)) + ITEMS * EVENTS_AN_ITEM
    expect(events).toBeLessThanOrEqual(HISTORY_EVENTS)
  })

  test('waits for a free Lambda for hours', () => {
    for (const { state } of stepsIn(render(chain))) {
      const waiting = state.Retry?.find(({ ErrorEquals }) =>
        ErrorEquals.includes('Lambda.TooManyRequestsException'),
      )
      expect(waiting).toMatchObject({ MaxDelaySeconds: 600, JitterStrategy: 'FULL' })
      // With full jitter a wait takes half of its bound.
      const hours = Array.from(
        { length: Number(waiting?.MaxAttempts) },
        (_, at) => Math.min(600, 2 * 2 ** at) / 2,
      )
      expect(hours.reduce((sum, seconds) => sum + seconds, 0) / 3_600).toBeGreaterThan(4)
    }
  })
})
