import { JobAborted, StepFenced, StepOutOfTime } from '#core/errors.ts'
import type { Fault, Job } from '#core/job/job.ts'
import { type Step, stepLabel } from '#core/step/step.ts'
import { plainText } from '#core/text/plain-text.ts'

export const aborted = (job: Job, step: Step): JobAborted =>
  new JobAborted(`${stepLabel(step)} stops: the job is ${job.state} (${job.abort_request?.mode ?? 'ended'})`)

export const fenced = (step: Step): StepFenced =>
  new StepFenced(`attempt ${step.attempt} of ${stepLabel(step)} lost its claim (now ${step.state})`)

export const outOfTime = (step: Step): StepOutOfTime =>
  new StepOutOfTime(`the Lambda's time is nearly over; ${stepLabel(step)} resumes`)

/**
 * `StepOutOfTime`, not `StepFenced`: nobody need have taken the step. A fenced attempt is never retried, so the
 * job would wait for a stop that never comes.
 */
export const leaseLost = (step: Step): StepOutOfTime =>
  new StepOutOfTime(
    `attempt ${step.attempt} of ${stepLabel(step)} could not renew its lease; the next resumes`,
  )

/** An author's error as the step's item keeps it. */
export function faultOf(error: unknown, step: Pick<Step, 'name'>, functionName = 'run'): Fault {
  const known = error instanceof Error ? error : new Error(String(error))
  return {
    exception: plainText(known.name, 256),
    exception_message: plainText(known.message, 2_000),
    module_name: step.name,
    function_name: functionName,
  }
}
