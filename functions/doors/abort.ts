import type { ProductPorts } from '#aws/ports.ts'
import type { AbortBody } from '#core/api/requests.ts'
import { JobEndedError } from '#core/errors.ts'
import type { Job } from '#core/job/job.ts'
import { type AbortCommand, abortJob, planJobAbort } from '#engine/jobs/abort.ts'
import { answer } from '../middleware/http.ts'
import type { HttpAnswer } from '../middleware/http-door.ts'
import { logger, logJob } from '../middleware/telemetry.ts'
import { ports } from '../ports.ts'
import { jobPath } from './path-id.ts'

/** Which job, and who asks; with a tenant, a job of another one looks like none. */
export type AbortTarget = {
  job_execution_id: string
  requested_by: string
  tenant_id: string | undefined
}

const commandOf = ({ tenant_id, ...target }: AbortTarget, options: AbortBody): AbortCommand => ({
  ...target,
  ...(tenant_id === undefined ? {} : { tenant_id }),
  mode: options.mode ?? 'graceful',
  reason: options.reason ?? null,
  force_after_seconds: options.force_after_seconds ?? null,
  rollback: options.rollback ?? false,
})

/** A job that is FAILED and left something behind is not aborted any more, but it can be cleaned up again. */
async function nameCleanUp(
  known: ProductPorts,
  { job_execution_id: id }: AbortCommand,
  error: Error,
): Promise<never> {
  if (!(error instanceof JobEndedError) || error.state !== 'FAILED') throw error
  const left = (await known.jobs.get(id))?.left_behind ?? []
  if (left.length === 0) throw error
  const route = `POST ${jobPath(id)}/clean-up`
  throw new JobEndedError(`${error.message}; ${route} cleans up what it left behind`, error.state)
}

/**
 * What every door does to abort a job: the plan for a dry run, else the job as the door shows it.
 *
 * @throws NotFoundError, JobEndedError, ModeNotSupportedError
 */
export async function abort(
  target: AbortTarget,
  options: AbortBody,
  view: (job: Job) => unknown,
): Promise<HttpAnswer> {
  logJob(target.job_execution_id)
  const known = ports()
  const command = commandOf(target, options)
  if (options.dry_run) return answer(200, await planJobAbort(known, command))
  const aborted = abortJob(known, command)
  const { job, changed, stopping } = await aborted.catch((error: Error) => nameCleanUp(known, command, error))
  // The flag is written and holds; a stop that fails now is repeated by the sweeper.
  await stopping.catch((error: Error) => logger.warn('the execution could not be stopped yet', error))
  return answer(changed ? 202 : 200, view(job), { location: jobPath(job.job_execution_id) })
}
