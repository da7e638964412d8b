import { ERROR_NAMES, FAILURE_NAMES } from '#core/errors.ts'
import { type Retrier, type StateJson, taskMark } from '../definition.ts'
import { ANY_ERROR, NOT_INVOKED, STOPPED, TRANSIENT } from '../error-names.ts'
import { type RetryRoom, retryRoom } from '../history.ts'
import type { Pass } from '../pass.ts'
import { changeTasks } from '../rewrite.ts'

/** Waits grow to this, and are spread, so that all who wait for a free Lambda do not come at once. */
export const LONG_WAITS = { IntervalSeconds: 2, BackoffRate: 2, MaxDelaySeconds: 600, JitterStrategy: 'FULL' }

/** The lease of a living attempt, or its Lambda, is waited for: 15 minutes at most. */
export const BUSY_WAITS = { IntervalSeconds: 5, BackoffRate: 1.2, MaxDelaySeconds: 60 }

/** Before the author's. A busy step waits for another attempt's lease; one out of time resumes. */
const first = ({ busy, outOfTime }: RetryRoom): Retrier[] => [
  { ErrorEquals: [...STOPPED, FAILURE_NAMES.JobIdTaken], MaxAttempts: 0 },
  { ErrorEquals: [ERROR_NAMES.StepBusy], ...BUSY_WAITS, MaxAttempts: busy },
  { ErrorEquals: [ERROR_NAMES.StepOutOfTime], IntervalSeconds: 1, BackoffRate: 1, MaxAttempts: outOfTime },
]

const TRANSIENT_WAITS = { IntervalSeconds: 2, BackoffRate: 2 }

/** Gives each task its retries around those of its author. */
export const retryTasks: Pass = (definition) =>
  changeTasks(definition, (state) => ({ ...state, Retry: around(state) }))

/**
 * Step Functions takes the first that matches, so the order is the rule; States.ALL may only come last. A fault that
 * the author names is the author's. A function that was not invoked has not run, so that a rule for any error does
 * not mean it.
 */
function around(state: StateJson): Retrier[] {
  const authors = state.Retry ?? []
  const named = new Set(authors.flatMap(({ ErrorEquals }) => ErrorEquals))
  const room = retryRoom(concurrencyOf(state), attemptsOf(authors))
  const unnamed = (names: string[]): string[] => names.filter((name) => !named.has(name))
  const any = ANY_ERROR.some((name) => named.has(name))
  return [
    ...first(room),
    ...retrier(unnamed(NOT_INVOKED), { ...LONG_WAITS, MaxAttempts: room.notInvoked }),
    ...authors,
    ...retrier(any ? [] : unnamed(TRANSIENT), { ...TRANSIENT_WAITS, MaxAttempts: room.transient }),
  ]
}

const retrier = (ErrorEquals: string[], how: Record<string, unknown>): Retrier[] =>
  ErrorEquals.length === 0 ? [] : [{ ErrorEquals, ...how }]

const concurrencyOf = (state: StateJson): number => taskMark(state)?.concurrency ?? 1

/** Step Functions tries three times more where nothing is said. */
const attemptsOf = (authors: Retrier[]): number =>
  authors.reduce((sum, { MaxAttempts = 3 }) => sum + Number(MaxAttempts), 0)
