import { productDeps } from '#aws/deps.ts'
import type { Job } from '#core/job/job.ts'
import { type ExecuteCommand, executeJob } from '#engine/jobs/execute.ts'
import { logger, logJob } from '../middleware/telemetry.ts'
import { validInput } from './job-input.ts'

/** A command whose template is still a name, and whose input nobody has looked at. */
export type JobRequest = Omit<ExecuteCommand, 'template'> & { template: string }

const unstarted = (error: Error): void =>
  logger.warn('the execution could not be started yet: the sweeper will', error)

/** What every door does to start a job. @throws RequestInvalidError, NotFoundError, IdempotencyConflictError */
export async function execute(request: JobRequest): Promise<Job> {
  const deps = productDeps()
  const template = await deps.templates.byName(request.template)
  const input = validInput(template, request.input)
  const job = await executeJob(deps, { ...request, template, input }, unstarted)
  logJob(job.job_execution_id)
  return job
}
