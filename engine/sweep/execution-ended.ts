import type { ExecutionEnd, Job } from '#core/job/job.ts'
import type { Needs } from '../ports.ts'
import { startStandDown } from '../stand-down/start.ts'
import { sweepJob } from './job.ts'

/**
 * The execution of this job has ended so; null where that must be asked. The stand-down is started once however
 * often that is told, and one start is all that it takes: whether a stand-down died is the sweeper's to see.
 */
export async function executionEnded(
  ports: Needs<'jobs' | 'steps' | 'values' | 'executions' | 'standDowns' | 'clock'>,
  job: Job,
  end: ExecutionEnd | null,
): Promise<void> {
  if (job.ended_at !== null) return
  if (end === null) await sweepJob(ports, job)
  else await startStandDown(ports, job, end)
}
