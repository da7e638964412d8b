import { viewCleanUp } from '#core/api/command-views.ts'
import { jobPath } from '#core/api/job-path.ts'
import { cleanUpBody, parse } from '#core/api/requests.ts'
import { cleanUpAgain } from '#engine/jobs/clean-up.ts'
import { pathId } from '../doors/path-id.ts'
import { answer } from '../middleware/http.ts'
import type { HttpAnswer, HttpRequest } from '../middleware/http-door.ts'
import { logger, logJob } from '../middleware/telemetry.ts'
import { ports } from '../ports.ts'

/** Repeats what a FAILED job's clean-up could not do: 202 where this request began it, 200 where it runs already. */
export async function cleanUp(request: HttpRequest): Promise<HttpAnswer> {
  const job_execution_id = pathId(request)
  logJob(job_execution_id)
  parse(cleanUpBody, request.body ?? {}, 'the body')
  const { caller: requested_by, tenant_id } = request
  const tenant = tenant_id === undefined ? {} : { tenant_id }
  const { job, changed, starting } = await cleanUpAgain(ports(), {
    job_execution_id,
    requested_by,
    ...tenant,
  })
  // The request is written and holds; a start that fails now is repeated by the sweeper.
  await starting.catch((error: Error) => logger.warn('the clean-up could not be started yet', error))
  return answer(changed ? 202 : 200, viewCleanUp(job, job.clean_up!), { location: jobPath(job_execution_id) })
}
