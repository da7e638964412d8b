import { type AbortBody, abortJobBody } from '#core/api/abort-requests.ts'
import { viewAbortedJob } from '#core/api/command-views.ts'
import { parse } from '#core/api/requests.ts'
import { RequestInvalidError } from '#core/errors.ts'
import { type HttpAnswer, type HttpRequest, httpDoor } from '../../middleware/http-door.ts'
import { JSON_API } from '../../middleware/json-api.ts'
import { abort } from '../abort.ts'
import { CONTRAIL } from './routes.ts'

const OPTIONS = ['mode', 'abort_mode', 'reason', 'force_after_seconds', 'rollback', 'dry_run'] as const

type Parts = { job_execution_id: string; options: AbortBody }

/** The options may stand beside `input` or in it, but not in both. */
function partsOf(body: unknown): Parts {
  const { input, ...beside } = parse(abortJobBody, body ?? {}, 'the body')
  const { job_execution_id, ...within } = input
  const twice = OPTIONS.filter((name) => beside[name] !== undefined && within[name] !== undefined)
  if (twice.length > 0) {
    const errors = twice.map((name) => ({ pointer: `/${name}`, detail: 'is given in /input, too' }))
    throw new RequestInvalidError(`the body says ${twice.join(', ')} twice: say it once`, errors)
  }
  return { job_execution_id, options: { ...beside, ...within } }
}

async function abortJob({ body, caller, tenant_id }: HttpRequest): Promise<HttpAnswer> {
  const { job_execution_id, options } = partsOf(body)
  return abort({ job_execution_id, requested_by: caller, tenant_id }, options, viewAbortedJob)
}

export const contrailAbortJob = httpDoor({
  door: CONTRAIL,
  bundle: 'api/abort-job',
  handlers: { abortJob },
  ...JSON_API,
})
