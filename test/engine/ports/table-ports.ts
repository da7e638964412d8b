import type { Job } from '#core/job/job.ts'
import type { Step } from '#core/step/step.ts'
import type { JobIndex, Jobs, Notifications, Steps, SweepLease } from '#engine/ports.ts'
import { claim, create, NEW_STEP, NOW } from '#test/core/samples.ts'

/** What becomes of one request: it goes through, never arrives, or is carried out and its reply is lost. */
export type Fate = 'through' | 'lost-before' | 'lost-after'

export type TablePorts = {
  jobs: Jobs
  steps: Steps
  index: JobIndex
  notifications: Notifications
  sweepLease: SweepLease
}
/** The ports over one table; the conditional writes meet these fates, one after the other. */
export type OpenPorts = (...fates: Fate[]) => TablePorts & { writes: () => (Job | Step)[] }

export const creating = (job_execution_id: string, more: Partial<typeof create.job> = {}) => ({
  ...create,
  job: { ...create.job, job_execution_id, ...more },
})
export const keyOf = (job_execution_id: string) => ({ ...NEW_STEP, job_execution_id })
export const claiming = (job_execution_id: string, owner: string) => ({
  ...claim(owner),
  step: keyOf(job_execution_id),
})
export const restarting = (generation: number) => ({ type: 'restart' as const, at: NOW, generation })
