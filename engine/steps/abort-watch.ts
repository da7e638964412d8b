import { mustStop } from '#core/abort/must-stop.ts'
import type { Job } from '#core/job/job.ts'
import type { Step } from '#core/step/step.ts'
import { timeAt } from '#core/time.ts'
import { stopIfIdleOrOver } from '../jobs/stop-if-idle.ts'
import type { StepPorts } from './ports.ts'

/**
 * Reads the job of a running step; answers it where the step has to stop. A deadline that has passed is kept
 * on the way, sooner than by the sweeper: a graceful abort waits for nobody but the steps that look here.
 */
export async function lookForAbort(ports: StepPorts, step: Step): Promise<Job | undefined> {
  const found = await ports.jobs.get(step.job_execution_id)
  const job = found && (await keepDeadline(ports, found))
  return job && mustStop(job, step.abortable) ? job : undefined
}

async function keepDeadline(ports: StepPorts, job: Job): Promise<Job> {
  const due = job.abort_request?.force_at ?? null
  const at = timeAt(ports.clock.now())
  if (job.abort_request?.mode !== 'graceful' || due === null || due > at) return job
  const { item } = await ports.jobs.apply(job.job_execution_id, { type: 'escalate', at }, job)
  if (item) await stopIfIdleOrOver(ports, item)
  return item ?? job
}
