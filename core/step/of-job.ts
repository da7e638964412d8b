import type { Job, Time } from '../job/job.ts'
import { timeAt } from '../time.ts'
import type { ExecutionLife, Step } from './step.ts'

/** Clocks of two machines may differ by this much. */
const SKEW_MS = 60_000
export const notBefore = (time: Time): Time => timeAt(Date.parse(time) - SKEW_MS)

/** Whatever is earlier was another job's of the same id. */
export const acceptedAt = ({ created_at }: Job): Time => notBefore(created_at)

/** An execution's start, as a call of a step names it. Definitions of an older version do not. */
export const lifeOf = (call: { execution_arn: string; execution_started_at?: string }): ExecutionLife => ({
  execution_arn: call.execution_arn,
  execution_started_at: call.execution_started_at ?? '',
})

/**
 * The steps that are this job's. The name of an execution is unique within one state machine only, and free
 * again after 90 days: under one id there may be steps of another machine's execution, or of an earlier one.
 */
export const stepsOfJob = (job: Job, steps: Step[]): Step[] => steps.filter((step) => isOfJob(job, step))

function isOfJob(job: Job, step: Step): boolean {
  if (step.execution_arn === null) return step.updated_at >= acceptedAt(job)
  if (step.execution_arn !== job.execution_arn) return false
  if (job.execution_started_at !== null) return step.execution_started_at === job.execution_started_at
  // The job has not begun: what ran before it was accepted is an earlier execution's.
  return step.started_at === null || step.started_at >= acceptedAt(job)
}
