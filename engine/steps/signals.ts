import { ERROR_NAMES, JobAborted, StepBusy, StepFenced, StepOutOfTime } from '#core/errors.ts'
import type { Fault, Job } from '#core/job/job.ts'
import { type Step, stepLabel } from '#core/step/step.ts'
import { plainText } from '#core/text/plain-text.ts'

export const aborted = (job: Job, step: Step): JobAborted => {
  const mode = job.abort_request?.mode ?? null
  return new JobAborted(`${stepLabel(step)} stops: the job is ${job.state} (${mode ?? 'ended'})`, mode)
}

export const notStarted = (label: string, state: string): JobAborted =>
  new JobAborted(`${label} does not start: the job is ${state}`)

export const stoodDown = (label: string, state: string | undefined): JobAborted =>
  new JobAborted(`${label} is ${state}: the job is being stood down`)

export const fenced = (step: Step): StepFenced =>
  new StepFenced(`attempt ${step.attempt} of ${stepLabel(step)} lost its claim (now ${step.state})`)

export const takenOver = (label: string): StepFenced =>
  new StepFenced(`${label} was taken over by a newer clean-up or attempt`)

export const busy = (label: string, step: Step | undefined): StepBusy =>
  new StepBusy(`attempt ${step?.attempt} of ${label} holds its lease until ${step?.lease_until ?? 'its end'}`)

export const outOfTime = (step: Step, what = 'resumes'): StepOutOfTime =>
  new StepOutOfTime(`the Lambda's time is nearly over; ${stepLabel(step)} ${what}`)

/**
 * `StepOutOfTime`, not `StepFenced`: nobody need have taken the step. A fenced attempt is never retried, so the
 * job would wait for a stop that never comes.
 */
export const leaseLost = (step: Step): StepOutOfTime =>
  new StepOutOfTime(
    `attempt ${step.attempt} of ${stepLabel(step)} could not renew its lease; the next resumes`,
  )

/** `checkpoint()` after the attempt has ended: work that outlived `run`. */
export const overAlready = (step: Step): StepFenced =>
  new StepFenced(`attempt ${step.attempt} of ${stepLabel(step)} has ended: wait for parallel work by all()`)

/** Names by which the state machine steers, and those of the services that run the step. */
const isReserved = (name: string): boolean =>
  Object.hasOwn(ERROR_NAMES, name) || /^(Lambda|States)\./.test(name)

/**
 * An author's error leaves the Lambda under its own name, unless that name would steer the state machine. What an
 * attempt is told to stop by is known by identity, so this is for any other error: also one of these classes that the
 * author made, or kept from another attempt.
 */
export function authorsError(error: unknown): unknown {
  if (typeof error !== 'object' || error === null) return error
  const { name, message, stack } = error as Partial<Error>
  if (typeof name !== 'string' || !isReserved(name)) return error
  return Object.assign(new Error(String(message), { cause: error }), {
    name: `Thrown.${name}`,
    stack: stack ?? '',
  })
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
