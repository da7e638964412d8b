import { viewStartedJob } from '#core/api/command-views.ts'
import { executeJobBody, idempotencyKey, parse } from '#core/api/requests.ts'
import { answer } from '../../middleware/http.ts'
import { type HttpAnswer, type HttpRequest, httpDoor } from '../../middleware/http-door.ts'
import { JSON_API } from '../../middleware/json-api.ts'
import { execute } from '../execute.ts'
import { CONTRAIL } from './routes.ts'

async function executeJob({ body, headers, caller }: HttpRequest): Promise<HttpAnswer> {
  const {
    job_template_fq_name: named,
    input,
    tenant_id = 'default',
  } = parse(executeJobBody, body ?? {}, 'the body')
  const key = headers['idempotency-key']
  const job = await execute({
    template: typeof named === 'string' ? named : named.at(-1)!,
    input,
    tenant_id,
    created_by: caller,
    idempotency_key: key === undefined ? null : parse(idempotencyKey, key, 'the Idempotency-Key'),
  })
  return answer(202, viewStartedJob(job), { location: `/jobs/${job.job_execution_id}` })
}

export const contrailExecuteJob = httpDoor({
  door: CONTRAIL,
  bundle: 'api/execute-job',
  handlers: { executeJob },
  ...JSON_API,
})
