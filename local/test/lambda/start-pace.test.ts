import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { StartPace } from '#local/lambda/start-pace.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

const START_MS = 100

/** With two cores, as many environments started. */
async function twoStarted(): Promise<StartPace> {
  const pace = new StartPace(2)
  const ready = new Promise((resolve) => setTimeout(resolve, START_MS))
  const starts = [pace.started('copy', 0, ready), pace.started('copy', 1, ready)]
  await vi.advanceTimersByTimeAsync(START_MS)
  await Promise.all(starts)
  return pace
}

test('as many environments as there are cores start at once', () => {
  const pace = new StartPace(2)
  expect(pace.mayStart('copy', 0)).toBe(true)
  void pace.started('copy', 0, new Promise(() => {}))
  expect(pace.mayStart('copy', 1)).toBe(true)
  void pace.started('copy', 1, new Promise(() => {}))
  expect(pace.mayStart('copy', 2)).toBe(false)
  expect(pace.mayStart('verify', 0)).toBe(false)
})

test('one more is worth its start when none came free for as long as a start lasts', async () => {
  const pace = await twoStarted()
  expect(pace.mayStart('copy', 2)).toBe(false)
  expect(pace.patienceMs).toBe(START_MS)
  vi.advanceTimersByTime(START_MS)
  expect(pace.mayStart('copy', 2)).toBe(true)
  pace.cameFree('copy')
  expect(pace.mayStart('copy', 2)).toBe(false)
})

test('a function that has none waits for no other', async () => {
  const pace = await twoStarted()
  expect(pace.mayStart('verify', 0)).toBe(true)
})

test('a start that hangs holds up the others for a while only', async () => {
  const pace = new StartPace(2)
  for (const busy of [0, 1]) void pace.started('copy', busy, new Promise(() => {}))
  await vi.advanceTimersByTimeAsync(2_000)
  expect(pace.mayStart('verify', 0)).toBe(true)
})
