import { NotFoundError } from '#core/errors.ts'
import type { Job } from '#core/job/job.ts'
import type { Needs } from '../ports.ts'

/** A job of another tenant, a malformed id and an unknown one look alike. */
export const noSuchJob = (jobId: string): NotFoundError => new NotFoundError(`there is no job ${jobId}`)

/** @throws NotFoundError, also for a job of another tenant where one is given */
export async function findJob({ jobs }: Needs<'jobs'>, jobId: string, tenantId?: string): Promise<Job> {
  const job = await jobs.get(jobId)
  if (!job || (tenantId !== undefined && job.tenant_id !== tenantId)) throw noSuchJob(jobId)
  return job
}
