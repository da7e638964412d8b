import { isCleaningUp, type Job, type Time } from '../job/job.ts'
import { isTerminal } from '../states.ts'
import { isBetweenAttempts, isLive, type Step } from '../step/step.ts'
import type { Template, TemplateStep } from '../template.ts'

/** A step that was claimed and has not ended. */
export const isOpen = (step: Step): boolean => step.state === 'ONGOING' || step.state === 'CANCELLING'

/**
 * A task that is not ours has failed, its own retries included, which is its end; what it left is still to be cleaned
 * up, or being so. A step of ours that fails stays open until then.
 */
export function awaitsCleanUp({
  state,
  external,
  touched,
  hooks,
  clean_up: cleanUp,
  cleaned_up,
}: Step): boolean {
  if (state !== 'FAILED' || !external || !touched || cleaned_up || !hooks?.includes('abort')) return false
  return cleanUp === null || (cleanUp.again && cleanUp.run === undefined)
}

/** Its `abort` is still to run. */
export const needsAbort = (step: Step): boolean => isOpen(step) || awaitsCleanUp(step)

/** The stand-down fences a running step first: from then on its attempt can write only that it has stopped. */
export const isToBeFenced = (step: Step): boolean => step.state === 'ONGOING'
/** Code of it runs, or will run again, and is waited for. */
export const isWorking = (step: Step, now: Time): boolean =>
  (step.state === 'ONGOING' && step.abortable !== 'stop' && isLive(step, now)) || isBetweenAttempts(step)

/** What the stand-down waits for: attempts that neither said that they stopped nor lost their lease. */
export const runningSteps = (steps: Step[], now: Time): Step[] =>
  steps.filter((step) => isOpen(step) && isLive(step, now))

/** Steps of the template that no attempt ever claimed. */
export function neverClaimed(template: Template, steps: Step[]): TemplateStep[] {
  const claimed = new Set(steps.map((step) => step.name))
  return template.steps.filter((step) => !claimed.has(step.name))
}

/** Whether settling writes the steps that were never claimed as CANCELLED; a failed job leaves them without an item. */
export const skipsUnclaimed = (job: Job): boolean => job.state === 'CANCELLING'

/** The sweeper brings it on until then: it has not ended, or its clean-up is being repeated. */
export const needsBringingOn = (job: Job): boolean => !isTerminal(job.state) || isCleaningUp(job)

/** True when a step of an ended job was left unfinished, as by a Catch around a failed Parallel. */
export const needsTidying = (job: Job, steps: Step[]): boolean =>
  isTerminal(job.state) && steps.some(needsAbort)
