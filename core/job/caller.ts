import type { Job } from './job.ts'

/** Who started a job that another job started, as `created_by` says it. */
export const callerOf = ({ job_execution_id }: Pick<Job, 'job_execution_id'>): string =>
  `job:${job_execution_id}`

const BY_JOB = /^job:(.+)$/

export const parentIdOf = ({ created_by }: Pick<Job, 'created_by'>): string | undefined =>
  BY_JOB.exec(created_by)?.[1]
