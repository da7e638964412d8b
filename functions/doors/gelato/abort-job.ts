import type { NotTaken } from '#core/abort/answer.ts'
import { abortBody } from '#core/api/abort-requests.ts'
import { parse } from '#core/api/requests.ts'
import type { Job } from '#core/job/job.ts'
import { noSuchJob } from '#engine/jobs/find.ts'
import { type HttpAnswer, type HttpRequest, httpDoor } from '../../middleware/http-door.ts'
import { JSON_API } from '../../middleware/json-api.ts'
import { abort } from '../abort.ts'
import { pathId } from '../path-id.ts'
import type { AbortedMigration } from './answers.ts'
import { GELATO } from './routes.ts'
import { addressedTenant } from './tenant.ts'

const gelatoJob = ({ job_execution_id, state }: Job, notTaken: NotTaken[]): AbortedMigration => ({
  Id: job_execution_id,
  Status: state,
  ...(notTaken.length > 0 ? { NotTaken: notTaken } : {}),
})

async function abortJob(request: HttpRequest): Promise<HttpAnswer> {
  const options = parse(abortBody, request.body ?? {}, 'the body')
  const job_execution_id = pathId(request)
  const tenant_id = addressedTenant(request, noSuchJob(job_execution_id))
  return abort({ job_execution_id, tenant_id, requested_by: request.caller }, options, gelatoJob)
}

export const gelatoAbortJob = httpDoor({
  door: GELATO,
  bundle: 'api/abort-job',
  handlers: { abortJob },
  ...JSON_API,
})
