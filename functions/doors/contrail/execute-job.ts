import { viewStartedJob } from '#core/api/command-views.ts'
import { jobPath } from '#core/api/job-path.ts'
import { executeJobBody, idempotencyKey, invalidRequest, parse } from '#core/api/requests.ts'
import { answer } from '../../middleware/http.ts'
import { type HttpAnswer, type HttpRequest, httpDoor } from '../../middleware/http-door.ts'
import { JSON_API } from '../../middleware/json-api.ts'
import { identityOf } from '../../middleware/tenant.ts'
import { execute } from '../execute.ts'
import { CONTRAIL } from './routes.ts'

const notBoundTo = (tenant: string): Error =>
  invalidRequest('the body is not valid', [
    { pointer: '/tenant_id', detail: `${tenant} is not the tenant that you are bound to: leave it out` },
  ])

async function executeJob({ body, headers, caller, tenant_id: bound }: HttpRequest): Promise<HttpAnswer> {
  const {
    job_template_fq_name: named,
    input,
    tenant_id = bound ?? 'default',
  } = parse(executeJobBody, body ?? {}, 'the body')
  if (bound !== undefined && tenant_id !== bound) throw notBoundTo(tenant_id)
  const key = headers['idempotency-key']
  const job = await execute({
    template: typeof named === 'string' ? named : named.at(-1)!,
    input,
    tenant_id,
    created_by: caller,
    // Of a role it is the role: the next session of a program that repeats its request is another principal.
    key_owner: identityOf(caller),
    idempotency_key: key === undefined ? null : parse(idempotencyKey, key, 'the Idempotency-Key'),
  })
  return answer(202, viewStartedJob(job), { location: jobPath(job.job_execution_id) })
}

export const contrailExecuteJob = httpDoor({
  door: CONTRAIL,
  bundle: 'api/execute-job',
  handlers: { executeJob },
  ...JSON_API,
})
