import { ERROR_NAMES, JobAborted, StepBusy, StepFenced, StepOutOfTime } from '#core/errors.ts'
import type { Fault, Job } from '#core/job/job.ts'
import { type Step, stepLabel } from '#core/step/step.ts'
import { plainText } from '#core/text/plain-text.ts'

type Signal = JobAborted | StepBusy | StepFenced | StepOutOfTime

// The errors that steer the state machine are known by identity: an author's error may have any name.
const ours = new WeakSet<object>()

function ourOwn<Error extends Signal>(signal: Error): Error {
  ours.add(signal)
  return signal
}

export const isSignal = (error: unknown): error is Signal =>
  typeof error === 'object' && error !== null && ours.has(error)

export const aborted = (job: Job, step: Step): JobAborted => {
  const mode = job.abort_request?.mode ?? null
  return ourOwn(
    new JobAborted(`${stepLabel(step)} stops: the job is ${job.state} (${mode ?? 'ended'})`, mode),
  )
}

export const notStarted = (label: string, state: string): JobAborted =>
  ourOwn(new JobAborted(`${label} does not start: the job is ${state}`))

export const stoodDown = (label: string, state: string | undefined): JobAborted =>
  ourOwn(new JobAborted(`${label} is ${state}: the job is being stood down`))

export const fenced = (step: Step): StepFenced =>
  ourOwn(new StepFenced(`attempt ${step.attempt} of ${stepLabel(step)} lost its claim (now ${step.state})`))

export const takenOver = (label: string): StepFenced =>
  ourOwn(new StepFenced(`${label} was taken over by a newer clean-up or attempt`))

export const busy = (label: string, step: Step | undefined): StepBusy =>
  ourOwn(
    new StepBusy(
      `attempt ${step?.attempt} of ${label} holds its lease until ${step?.lease_until ?? 'its end'}`,
    ),
  )

export const outOfTime = (step: Step, what = 'resumes'): StepOutOfTime =>
  ourOwn(new StepOutOfTime(`the Lambda's time is nearly over; ${stepLabel(step)} ${what}`))

/**
 * `StepOutOfTime`, not `StepFenced`: nobody need have taken the step. A fenced attempt is never retried, so the
 * job would wait for a stop that never comes.
 */
export const leaseLost = (step: Step): StepOutOfTime =>
  ourOwn(
    new StepOutOfTime(
      `attempt ${step.attempt} of ${stepLabel(step)} could not renew its lease; the next resumes`,
    ),
  )

/** An author's error leaves the Lambda under its own name, unless that name would steer the state machine. */
export function authorsError(error: unknown): unknown {
  if (isSignal(error) || !(error instanceof Error) || !(error.name in ERROR_NAMES)) return error
  const { name, message, stack = '' } = error
  return Object.assign(new Error(message, { cause: error }), { name: `Thrown.${name}`, stack })
}

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
