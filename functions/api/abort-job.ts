import { abortBody } from '#core/api/abort-requests.ts'
import { viewAbortedJob } from '#core/api/command-views.ts'
import { parse } from '#core/api/requests.ts'
import { abort } from '../doors/abort.ts'
import { contrailAbortJob } from '../doors/contrail/abort-job.ts'
import { gelatoAbortJob } from '../doors/gelato/abort-job.ts'
import { pathId } from '../doors/path-id.ts'
import { httpFunction } from '../middleware/http.ts'
import { type HttpAnswer, type HttpRequest, httpDoor } from '../middleware/http-door.ts'
import { JSON_API } from '../middleware/json-api.ts'
import { abortJobs } from './abort-jobs.ts'
import { cleanUp } from './clean-up.ts'
import { API } from './routes.ts'

async function abortJob(request: HttpRequest): Promise<HttpAnswer> {
  const options = parse(abortBody, request.body ?? {}, 'the body')
  const { caller: requested_by, tenant_id } = request
  return abort({ job_execution_id: pathId(request), requested_by, tenant_id }, options, viewAbortedJob)
}

const ownAbortJob = httpDoor({
  door: API,
  bundle: 'api/abort-job',
  handlers: { abortJob, abortJobs, cleanUp },
  ...JSON_API,
})

export const handler = httpFunction('AbortJob', [ownAbortJob, contrailAbortJob, gelatoAbortJob])
