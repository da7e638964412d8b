import { expect, test } from 'vitest'
import { callerOf } from '#core/job/caller.ts'
import type { Job } from '#core/job/job.ts'
import type { Jobs } from '#engine/ports.ts'
import { chainOf } from '#functions/doors/watcher/child/chain.ts'

/** Jobs of which each is the parent of the next; the first was started by a person. */
function nested(count: number): { jobs: Jobs; last: Job } {
  const all = Array.from({ length: count }, (_, at) => {
    const created_by = at === 0 ? 'ann' : callerOf({ job_execution_id: `job-${at - 1}` })
    return { job_execution_id: `job-${at}`, created_by } as Job
  })
  const jobs = {
    get: async (id: string) => all.find((job) => job.job_execution_id === id),
  } as unknown as Jobs
  return { jobs, last: all.at(-1)! }
}

test.each([
  [1, ['job-0']],
  [3, ['job-2', 'job-1', 'job-0']],
  [4, ['job-3', 'job-2', 'job-1', 'job-0']],
  [9, ['job-8', 'job-7', 'job-6', 'job-5']],
])('of %i nested jobs as much is read as decides', async (count, ids) => {
  const { jobs, last } = nested(count)
  const chain = await chainOf({ jobs }, last)
  expect(chain.map(({ job_execution_id: id }) => id)).toEqual(ids)
})
