import { expect, test } from 'vitest'
import type { ActionCheckpoint } from '#functions/steps/action-plan/actions/action.ts'
import { runAction } from '#functions/steps/action-plan/actions/run-action.ts'
import { ActionRun, noParts } from './action-run.ts'

type Run = { duration: number; resumeFrom?: ActionCheckpoint; stopAfter?: number }

/** Runs the action on a clock of its own, which an abort may stop; answers how long it slept, and how it ended. */
async function sleeping({ duration, resumeFrom, stopAfter = Number.POSITIVE_INFINITY }: Run) {
  const began = 1_000_000
  let now = began
  const run = new ActionRun(resumeFrom)
  const parts = noParts({
    now: () => now,
    sleep: async (milliseconds: number) => {
      now += Math.min(milliseconds, stopAfter)
      if (milliseconds > stopAfter) run.cancel()
    },
  })
  const action = { uuid: 'a', action_type: 'sleep' as const, input_parameters: { duration } }
  const end = await runAction(parts, action, run.tools).then(
    () => 'ended',
    (error: Error) => error.name,
  )
  return [now - began, end]
}

test('a sleep takes as long as it was told', async () => {
  expect(await sleeping({ duration: 5 })).toEqual([5_000, 'ended'])
})

test('it counts from when it was first begun, in a later attempt, too', async () => {
  expect(await sleeping({ duration: 10, resumeFrom: begun(993_000) })).toEqual([3_000, 'ended'])
  expect(await sleeping({ duration: 10, resumeFrom: begun(0) })).toEqual([0, 'ended'])
})

test('it ends within the abort, not at its own end', async () => {
  expect(await sleeping({ duration: 600, stopAfter: 1_000 })).toEqual([1_000, 'JobAborted'])
})

const begun = (began: number): ActionCheckpoint => ({ action_type: 'sleep', began })
