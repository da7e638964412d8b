import { type StopDemand, stopDemand } from '#core/abort/stop-demand.ts'
import type { Job } from '#core/job/job.ts'
import type { Step } from '#core/step/step.ts'
import { timeAt } from '#core/time.ts'
import { stopIfIdleOrOver } from '../jobs/stop-if-idle.ts'
import type { StepPorts } from './ports.ts'

/** `soon`: a cheap read that may miss an abort of the last second; `certain`: one that misses none. */
export type Certainty = 'soon' | 'certain'
export type Seen = { job: Job; demand: Exclude<StopDemand, null> }

/**
 * Reads the job of a running step; answers what it demands, if anything. A deadline that has passed is kept on
 * the way, sooner than by the sweeper: a graceful abort waits for nobody but the steps that look here.
 */
export async function lookForAbort(
  ports: StepPorts,
  step: Step,
  certainty: Certainty,
): Promise<Seen | undefined> {
  const { jobs } = ports
  const read = certainty === 'certain' ? jobs.get : jobs.glance
  const found = await read.call(jobs, step.job_execution_id)
  const job = found && (await keepDeadline(ports, found))
  const demand = job ? stopDemand(job, step.abortable) : null
  return job && demand ? { job, demand } : undefined
}

async function keepDeadline(ports: StepPorts, job: Job): Promise<Job> {
  const due = job.abort_request?.force_at ?? null
  const at = timeAt(ports.clock.now())
  if (job.abort_request?.mode !== 'graceful' || due === null || due > at) return job
  const { item } = await ports.jobs.apply(job.job_execution_id, { type: 'escalate', at }, job)
  if (item) await stopIfIdleOrOver(ports, item)
  return item ?? job
}
