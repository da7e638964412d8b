import type { Job } from '../job/job.ts'
import type { Step } from './step.ts'
import type { StepRefusal } from './written.ts'

/**
 * What an attempt, or a hook, does that could not take its step. `answer`: the work is done, give its result;
 * `retry`: another may still run, try again once its lease has ended; `give-up`: never try again.
 */
export type RefusedClaim = 'answer' | 'retry' | 'give-up'

export function afterRefusedClaim(reason: StepRefusal): RefusedClaim {
  if (reason === 'done') return 'answer'
  return reason === 'busy' ? 'retry' : 'give-up'
}

/**
 * Whether a claim that the job declined has to end its own step: once the job is closed, the stand-down may
 * have looked at the steps for the last time before the claim was written, and then nobody else will. `step`
 * is the item after the claim was declined, `job` the one by which it was.
 */
export function endsOwnStep(step: Step, owner: string, job: Job): boolean {
  const over = job.closed !== null || job.ended_at !== null
  return over && !step.touched && step.state === 'CANCELLING' && step.owner === owner
}
