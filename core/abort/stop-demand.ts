import type { Job } from '../job/job.ts'
import type { Abortable } from '../step/step.ts'

/**
 * What a running step learns of its job. `now`: drop what it does, by force or because the job is being stood
 * down; `at-safe-point`: take no new work, for a graceful abort of a step that stops inside.
 */
export type StopDemand = 'now' | 'at-safe-point' | null

export function stopDemand(job: Job, abortable: Abortable): StopDemand {
  if (job.closed !== null || job.ended_at !== null) return 'now'
  if (job.state !== 'CANCELLING') return null
  if (job.abort_request.mode === 'force') return 'now'
  return abortable === 'checkpoint' ? 'at-safe-point' : null
}
