import type { Job, Time } from '../job/job.ts'
import { isTerminal } from '../states.ts'
import { isBetweenAttempts, isLive, type Step } from '../step/step.ts'
import type { Template, TemplateStep } from '../template.ts'

/** A step that was claimed and has not ended. */
export const isOpen = (step: Step): boolean => step.state === 'ONGOING' || step.state === 'CANCELLING'

/** Code of it runs, or will run again. */
export const isWorking = (step: Step, now: Time): boolean =>
  (step.state === 'ONGOING' && isLive(step, now)) || isBetweenAttempts(step)

/** True when the execution of a job being cancelled should be stopped: forced, or nothing runs any more. */
export function shouldStop(job: Job, steps: Step[], now: Time): boolean {
  if (job.state !== 'CANCELLING' || job.closed) return false
  return job.abort_request.mode === 'force' || !steps.some((step) => isWorking(step, now))
}

/** What the stand-down waits for: attempts that neither said that they stopped nor lost their lease. */
export const runningSteps = (steps: Step[], now: Time): Step[] =>
  steps.filter((step) => isOpen(step) && isLive(step, now))

/** Steps of the template that no attempt ever claimed: the stand-down of an abort writes them as CANCELLED. */
export function neverClaimed(template: Template, steps: Step[]): TemplateStep[] {
  const claimed = new Set(steps.map((step) => step.name))
  return template.steps.filter((step) => !claimed.has(step.name))
}

/** True when a step of an ended job was left unfinished, as by a Catch around a failed Parallel. */
export const needsTidying = (job: Job, steps: Step[]): boolean => isTerminal(job.state) && steps.some(isOpen)
