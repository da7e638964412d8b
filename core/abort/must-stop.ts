import type { Job } from '../job/job.ts'
import type { Abortable } from '../step/step.ts'

/** Whether a running step has to stop inside: force stops every step, a graceful abort those that stop inside. */
export function mustStop(job: Job, abortable: Abortable): boolean {
  if (job.state !== 'CANCELLING') return job.closed !== null || job.ended_at !== null
  return job.abort_request.mode === 'force' || job.closed !== null || abortable === 'checkpoint'
}
