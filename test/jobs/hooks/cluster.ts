import { defineHooks, type JobInfo } from '#sdk/index.ts'
import type { LabInput } from '../lab-step.ts'
import { mark } from '../marks.ts'
import { tearDown } from '../outside.ts'

async function takeDown(job: JobInfo, what: string): Promise<void> {
  const bucket = ((job.input ?? {}) as LabInput).marks
  await tearDown(bucket, job.job_execution_id, 'cluster')
  await mark({ bucket, job, step: 'cluster', index: null }, what)
}

/** Takes the job's cluster down, whether or not it was ever told that it stands. */
export const handler = defineHooks({
  name: 'cluster',
  abort: ({ job }) => takeDown(job, 'abort'),
  revert: ({ job }) => takeDown(job, 'taken-down'),
})
