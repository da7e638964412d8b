import { EVENTS_A_RETRY } from '#core/clean-up/history.ts'

/** Of an execution's history, for the retries of all steps that run at once; what is left holds a thousand of a Map's items. */
const FOR_RETRIES = 18_000

/** So many steps of a job may run at once: each of them must be able to wait for hours. */
export const STEPS_AT_ONCE = 40

/** How often a step may be tried again, for each reason. */
export type RetryRoom = { notInvoked: number; busy: number; outOfTime: number; transient: number }

const within = (least: number, most: number, value: number): number =>
  Math.min(most, Math.max(least, Math.floor(value)))

/**
 * Shares the history between the reasons to try again: `authors` attempts are spoken for. At 40 steps at once there
 * are 60 attempts for a throttled call, four hours; alone, a step has 144 of them, twelve hours.
 */
export function retryRoom(concurrency: number, authors: number): RetryRoom {
  const attempts = Math.floor(FOR_RETRIES / (EVENTS_A_RETRY * concurrency))
  const notInvoked = within(1, 144, attempts * 0.4)
  const busy = within(1, 40, attempts * 0.16)
  const transient = within(1, 6, attempts * 0.04)
  const outOfTime = within(1, 1_000, attempts - notInvoked - busy - transient - authors)
  return { notInvoked, busy, transient, outOfTime }
}
