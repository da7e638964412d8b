import type { Job } from '#core/job/job.ts'
import { type ExecuteCommand, executeJob } from '#engine/jobs/execute.ts'
import { logJob } from '../middleware/telemetry.ts'
import { ports } from '../ports.ts'
import { validInput } from './job-input.ts'

/** A command whose template is still a name, and whose input nobody has looked at. */
export type JobRequest = Omit<ExecuteCommand, 'template'> & { template: string }

/** What every door does to start a job. @throws RequestInvalidError, NotFoundError, IdempotencyConflictError */
export async function execute(request: JobRequest): Promise<Job> {
  const known = ports()
  const template = await known.templates.byName(request.template)
  const input = validInput(template, request.input)
  const job = await executeJob(known, { ...request, template, input })
  logJob(job.job_execution_id)
  return job
}
