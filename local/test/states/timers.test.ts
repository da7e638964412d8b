import { getEventListeners } from 'node:events'
import { afterEach, expect, test, vi } from 'vitest'
import { Stopped } from '#local/states/state-failure.ts'
import { delay, startTimer } from '#local/states/timers.ts'

const DAY = 24 * 3600 * 1000

afterEach(() => vi.useRealTimers())

test('a delay leaves no listener behind, neither when it ends nor when it is stopped', async () => {
  const controller = new AbortController()
  await delay(0, controller.signal)
  expect(getEventListeners(controller.signal, 'abort')).toHaveLength(0)
  const stopped = delay(DAY, controller.signal)
  controller.abort()
  await expect(stopped).rejects.toBeInstanceOf(Stopped)
  expect(getEventListeners(controller.signal, 'abort')).toHaveLength(0)
})

test('a delay under a signal that has fired does not begin', async () => {
  await expect(delay(0, AbortSignal.abort())).rejects.toBeInstanceOf(Stopped)
})

test('a timer may be longer than the 24.8 days that Node can count', () => {
  vi.useFakeTimers()
  const fire = vi.fn()
  startTimer(60 * DAY, fire)
  vi.advanceTimersByTime(60 * DAY - 1)
  expect(fire).not.toHaveBeenCalled()
  vi.advanceTimersByTime(1)
  expect(fire).toHaveBeenCalledOnce()
})

test('a cancelled timer never fires, also after it was armed again', () => {
  vi.useFakeTimers()
  const fire = vi.fn()
  const cancel = startTimer(60 * DAY, fire)
  vi.advanceTimersByTime(30 * DAY)
  cancel()
  vi.advanceTimersByTime(60 * DAY)
  expect(fire).not.toHaveBeenCalled()
})
