import { expect, test } from 'vitest'
import { outcomeOf } from '#core/abort/outcome.ts'
import type { JobView } from '#core/api/answers.ts'
import { viewJob } from '#core/api/job-view.ts'
import { JOBS, NOW, stepIn } from '../samples.ts'

const STEPS = [
  stepIn('SUCCEEDED', { name: 'list' }),
  stepIn('SUCCEEDED', { name: 'copy', index: 0 }),
  { ...stepIn('CANCELLED', { name: 'copy', index: 1 }), cleaned_up: true },
]

function view(state: 'CANCELLED' | 'FAILED' | 'SUCCEEDED' | 'ONGOING', more: Partial<JobView> = {}): JobView {
  return { ...viewJob(JOBS[state]!, { steps: STEPS, moreSteps: false, template: null, now: NOW }), ...more }
}

const REQUEST = view('CANCELLED').abort_request!
const NO_ROLLBACK = ['list', 'copy[0]'].map((step) => `${step}: finished, no rollback was asked for`)

test('an abort without a rollback leaves what had finished, and says so of each step', () => {
  const abort_request = { ...REQUEST, rollback: false }
  const outcome = outcomeOf(view('CANCELLED', { abort_request, left_behind: ['copy[1]: an upload'] }))
  expect(outcome).toEqual({
    undone: ['copy[1]'],
    notUndone: NO_ROLLBACK,
    leftBehind: ['copy[1]: an upload'],
  })
})

test('a rollback says itself what it could not undo', () => {
  const abort_request = { ...REQUEST, rollback: true }
  const not_undone = [{ step: 'list', index: null, reason: 'it has no revert hook' }]
  const { notUndone } = outcomeOf(view('CANCELLED', { abort_request, not_undone }))
  expect(notUndone).toEqual(['list: it has no revert hook'])
})

test.each([
  ['SUCCEEDED', []],
  ['ONGOING', []],
  ['FAILED', NO_ROLLBACK],
] as const)('a job without an abort that is %s leaves %j', (state, expected) => {
  expect(outcomeOf(view(state, { abort_request: null })).notUndone).toEqual(expected)
})
