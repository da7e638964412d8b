import { isWorking } from '../clean-up/unfinished.ts'
import type { Job, Time } from '../job/job.ts'
import { isTerminal } from '../states.ts'
import type { Step } from '../step/step.ts'

/** When a job's execution is to be stopped: at once, once none of its steps runs, or not at all. */
export type StopTime = 'now' | 'once-idle' | 'never'

/** Only a job that is being cancelled is stopped; once it is closed, its execution has ended already. */
export function whenToStop(job: Job): StopTime {
  if (job.state !== 'CANCELLING' || job.closed) return 'never'
  return job.abort_request.mode === 'force' ? 'now' : 'once-idle'
}

/** An execution of such a job that runs was started late, or redriven. */
export const endedWithoutSuccess = (job: Job): boolean => isTerminal(job.state) && job.state !== 'SUCCEEDED'

/** As `whenToStop`, for a caller that may see the execution of a job that has ended. */
export const whenToStopLate = (job: Job): StopTime => (endedWithoutSuccess(job) ? 'now' : whenToStop(job))

/** As `whenToStop`, for an execution that runs although the job may be closed: it was redriven. */
export const whenToStopRunning = (job: Job): StopTime => (job.closed ? 'now' : whenToStop(job))

/** No step runs, or will run again after its Lambda's time. */
export const isIdle = (steps: Step[], now: Time): boolean => !steps.some((step) => isWorking(step, now))
