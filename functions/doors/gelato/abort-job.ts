import { abortBody, parse } from '#core/api/requests.ts'
import type { Job } from '#core/job/job.ts'
import { noSuchJob } from '#engine/jobs/find.ts'
import { type HttpAnswer, type HttpRequest, httpDoor } from '../../middleware/http-door.ts'
import { JSON_API } from '../../middleware/json-api.ts'
import { abort } from '../abort.ts'
import { pathId } from '../path-id.ts'
import { GELATO } from './routes.ts'

const gelatoJob = ({ job_execution_id, state }: Job): unknown => ({ Id: job_execution_id, Status: state })

async function abortJob(request: HttpRequest): Promise<HttpAnswer> {
  const options = parse(abortBody, request.body ?? {}, 'the body')
  const { tenantId: tenant_id = '' } = request.parameters
  const job_execution_id = pathId(request)
  // The tenant in the path is an address; the one that the caller is bound to is a right.
  const isForeign = request.tenant_id !== undefined && request.tenant_id !== tenant_id
  if (isForeign) throw noSuchJob(job_execution_id)
  return abort({ job_execution_id, tenant_id, requested_by: request.caller }, options, gelatoJob)
}

export const gelatoAbortJob = httpDoor({
  door: GELATO,
  bundle: 'api/abort-job',
  handlers: { abortJob },
  ...JSON_API,
})
