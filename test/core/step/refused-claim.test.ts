import { expect, test } from 'vitest'
import { afterRefusedClaim, endsOwnStep, type RefusedClaim } from '#core/step/refused-claim.ts'
import type { StepRefusal } from '#core/step/written.ts'
import { claim, decline, giveBack, JOBS, STEPS, stepAfter } from '../samples.ts'

test.each<[StepRefusal, RefusedClaim]>([
  ['done', 'answer'],
  ['busy', 'retry'],
  ['fenced', 'give-up'],
  ['over', 'give-up'],
  ['unknown', 'give-up'],
])('a claim refused as %s: %s', (reason, expected) => {
  expect(afterRefusedClaim(reason)).toBe(expected)
})

const declined = STEPS['CANCELLING, declined']!

test.each([
  ['CANCELLING, graceful', false],
  ['CANCELLING, force, closed', true],
  ['ONGOING, closed', true],
  ['CANCELLED', true],
  ['FAILED', true],
])('a declined claim ends its own step in a job that is %s: %s', (job, expected) => {
  expect(endsOwnStep(declined, 'a', JOBS[job]!)).toBe(expected)
})

test('it ends neither the step of another owner nor one that an earlier attempt has touched', () => {
  const touched = stepAfter(claim('a'), giveBack('a'), claim('b'), decline('b'))
  expect(endsOwnStep(declined, 'b', JOBS.CANCELLED!)).toBe(false)
  expect(endsOwnStep(touched, 'b', JOBS.CANCELLED!)).toBe(false)
  expect(endsOwnStep(STEPS.CANCELLED!, 'a', JOBS.CANCELLED!)).toBe(false)
})
