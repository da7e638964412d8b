import type { Job } from '#core/job/job.ts'
import type { Needs } from '#engine/ports.ts'

/** So deep jobs of actions may nest. */
export const MAX_NESTED = 3

const BY_JOB = /^job:(.+)$/

/** Who starts the jobs of a job's actions: `created_by` of each says its parent. */
export const callerOf = ({ job_execution_id }: Pick<Job, 'job_execution_id'>): string =>
  `job:${job_execution_id}`

/** The job and those above it, from below, as far as it matters. A parent that is not kept any more ends it. */
export async function chainOf({ jobs }: Needs<'jobs'>, job: Job): Promise<Job[]> {
  const chain = [job]
  for (let above = parentOf(job); above !== undefined && chain.length <= MAX_NESTED; ) {
    const parent: Job | undefined = await jobs.get(above)
    if (!parent) break
    chain.push(parent)
    above = parentOf(parent)
  }
  return chain
}

const parentOf = ({ created_by }: Job): string | undefined => BY_JOB.exec(created_by)?.[1]
