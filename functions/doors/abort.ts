import type { NotTaken } from '#core/abort/answer.ts'
import { type AbortBody, modeOf } from '#core/api/abort-requests.ts'
import { jobPath } from '#core/api/job-path.ts'
import type { Job } from '#core/job/job.ts'
import { type AbortCommand, abortJob, planJobAbort } from '#engine/jobs/abort.ts'
import { answer } from '../middleware/http.ts'
import type { HttpAnswer } from '../middleware/http-door.ts'
import { logger, logJob } from '../middleware/telemetry.ts'
import { ports } from '../ports.ts'

/** Which job, and who asks; with a tenant, a job of another one looks like none. */
export type AbortTarget = {
  job_execution_id: string
  requested_by: string
  tenant_id: string | undefined
}

const commandOf = ({ tenant_id, ...target }: AbortTarget, options: AbortBody): AbortCommand => ({
  ...target,
  ...(tenant_id === undefined ? {} : { tenant_id }),
  mode: modeOf(options),
  reason: options.reason ?? null,
  force_after_seconds: options.force_after_seconds ?? null,
  rollback: options.rollback ?? false,
})

/**
 * What every door does to abort a job: the plan for a dry run, else the job as the door shows it.
 *
 * @throws NotFoundError, JobEndedError, ModeNotSupportedError
 */
export async function abort(
  target: AbortTarget,
  options: AbortBody,
  view: (job: Job, notTaken: NotTaken[]) => unknown,
): Promise<HttpAnswer> {
  logJob(target.job_execution_id)
  const known = ports()
  const command = commandOf(target, options)
  if (options.dry_run) return answer(200, await planJobAbort(known, command))
  const { job, changed, notTaken, stopping } = await abortJob(known, command)
  // The flag is written and holds; a stop that fails now is repeated by the sweeper.
  await stopping.catch((error: Error) => logger.warn('the execution could not be stopped yet', error))
  return answer(changed ? 202 : 200, view(job, notTaken), { location: jobPath(job.job_execution_id) })
}
