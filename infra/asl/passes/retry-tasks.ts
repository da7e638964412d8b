import { ERROR_NAMES } from '#core/errors.ts'
import type { Retrier } from '../definition.ts'
import { ANY_ERROR, STOPPED, TRANSIENT } from '../error-names.ts'
import type { Pass } from '../pass.ts'
import { changeTasks } from '../rewrite.ts'

/** Before the author's. A busy step waits for another attempt's lease; one out of time resumes. */
const FIRST: Retrier[] = [
  { ErrorEquals: STOPPED, MaxAttempts: 0 },
  { ErrorEquals: [ERROR_NAMES.StepBusy], IntervalSeconds: 5, BackoffRate: 1, MaxAttempts: 360 },
  { ErrorEquals: [ERROR_NAMES.StepOutOfTime], IntervalSeconds: 1, BackoffRate: 1, MaxAttempts: 1000 },
]

/** After the author's, where they say nothing of the platform's faults. */
const LAST: Retrier = { ErrorEquals: TRANSIENT, IntervalSeconds: 2, BackoffRate: 2, MaxAttempts: 6 }

/** Gives each task its retries around those of its author. */
export const retryTasks: Pass = (definition) =>
  changeTasks(definition, (state) => ({ ...state, Retry: around(state.Retry) }))

/** Step Functions takes the first that matches, so the order is the rule; States.ALL may only come last. */
function around(authors: Retrier[] = []): Retrier[] {
  const names = new Set([...TRANSIENT, ...ANY_ERROR])
  const covered = authors.some(({ ErrorEquals }) => ErrorEquals.some((name) => names.has(name)))
  return covered ? [...FIRST, ...authors] : [...FIRST, ...authors, LAST]
}
