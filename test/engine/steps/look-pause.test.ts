import { expect, test } from 'vitest'
import { lookMsOf } from '#engine/steps/look-pause.ts'

test.each([
  [1, 250],
  [250, 250],
  [1_000, 1_000],
  [10_000, 10_000],
])('%i steps of a job at once look every %i ms each', (concurrency, pause) => {
  expect(lookMsOf(250, concurrency)).toBe(pause)
  // Half a read unit for each look.
  expect((concurrency * 0.5 * 1_000) / pause).toBeLessThanOrEqual(500)
})
