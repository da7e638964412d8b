import { parentIdOf } from '#core/job/caller.ts'
import type { Job } from '#core/job/job.ts'
import type { Needs } from '#engine/ports.ts'

/** So deep jobs of actions may nest. */
export const MAX_NESTED = 3

/** The job and those above it, from below, as far as it matters. A parent that is not kept any more ends it. */
export async function chainOf({ jobs }: Needs<'jobs'>, job: Job): Promise<Job[]> {
  const chain = [job]
  for (let above = parentIdOf(job); above !== undefined && chain.length <= MAX_NESTED; ) {
    const parent: Job | undefined = await jobs.get(above)
    if (!parent) break
    chain.push(parent)
    above = parentIdOf(parent)
  }
  return chain
}
