import type { ExecutionEnd, Job, Time } from '#core/job/job.ts'
import type { JsonText } from '#core/value.ts'
import { recordEnd } from '../attached.ts'
import { stoppedByParent } from '../jobs/family.ts'
import { startStandDown } from '../stand-down/start.ts'
import { type Bringing, sweepJob } from './job.ts'

/** `end` is null where it must be asked. */
export type EndedExecution = { end: ExecutionEnd | null; started_at: Time; output?: JsonText | undefined }

/**
 * The execution of this job has ended so. The stand-down is started once however often that is told, and one start is
 * all that it takes: whether a stand-down died is the sweeper's to see.
 */
export async function executionEnded(
  ports: Bringing,
  job: Job,
  { end, started_at, output }: EndedExecution,
): Promise<void> {
  if (job.ended_at !== null) return
  if (end === null) return sweepJob(ports, job)
  if (job.attached && (await recordEnd(ports, { job, started_at }, { end, output }))) return
  await startStandDown(ports, await stoppedByParent(ports, job, end), end)
}
