import type { JobView, StepView } from '../api/answers.ts'
import type { Time } from '../job/job.ts'
import { stepLabel } from '../step/step.ts'

/** Who is waited for, and until when at most; null where no time is known. */
export type Awaited = { step: string; until: Time | null }

/** How far the abort of a job is, as a person follows it. */
export type AbortPhase =
  | { name: 'draining'; awaited: Awaited[] }
  | { name: 'cleaning-up'; done: number; total: number }
  | { name: 'settling' }

type Followed = Pick<JobView, 'state' | 'abort_request' | 'execution_end' | 'step_counts' | 'steps'>

/**
 * The phase of a job that is being cancelled, from its steps as they are shown; null of all others. A revert shows as its
 * step's only once it has begun, so with `rollback` the total is what is known of it.
 */
export function abortPhase(job: Followed): AbortPhase | null {
  if (job.state !== 'CANCELLING') return null
  const awaited = job.execution_end ? job.steps.filter(isAwaited) : job.steps.filter(isAtWork)
  if (awaited.length > 0 || !job.execution_end) {
    const until = job.abort_request?.force_at ?? null
    return {
      name: 'draining',
      awaited: awaited.map((step) => ({ step: stepLabel(step), until: step.awaited_until ?? until })),
    }
  }
  const { CANCELLING, ONGOING, CANCELLED } = job.step_counts
  const left = CANCELLING + ONGOING
  const done = CANCELLED + job.steps.filter((step) => step.clean_up_fault !== null).length
  return left === 0 ? { name: 'settling' } : { name: 'cleaning-up', done, total: done + left }
}

const isAwaited = (step: StepView): boolean => step.awaited_until !== null
const isAtWork = (step: StepView): boolean => step.state === 'ONGOING' || isAwaited(step)
