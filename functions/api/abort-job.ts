import { viewAbortedJob } from '#core/api/command-views.ts'
import { type AbortBody, abortBody, abortJobBody, parse } from '#core/api/requests.ts'
import { RequestInvalidError } from '#core/errors.ts'
import type { Job } from '#core/job/job.ts'
import { type AbortCommand, abortJob, planJobAbort } from '#engine/jobs/abort.ts'
import { answer, callerOf, type HttpAnswer, type HttpEvent, httpRoute } from '../middleware/http.ts'
import { pathId } from '../middleware/path-id.ts'
import { logger, logJob } from '../middleware/telemetry.ts'
import { ports } from '../ports.ts'

type Asked = AbortBody & { job_execution_id: string; tenant_id?: string }
type Tell = (job: Job) => unknown

const OPTIONS = ['reason', 'force_after_seconds', 'rollback', 'dry_run'] as const

/** Contrail's door: the options may stand beside `input` or in it, but not in both. */
function fromContrail(event: HttpEvent): Asked {
  const { input, ...beside } = parse(abortJobBody, event.body ?? {}, 'the body')
  const { job_execution_id, abort_mode, ...within } = input
  const twice = OPTIONS.filter((name) => beside[name] !== undefined && within[name] !== undefined)
  if (twice.length > 0) {
    const errors = twice.map((name) => ({ pointer: `/${name}`, detail: 'is given in /input, too' }))
    throw new RequestInvalidError(`the body says ${twice.join(', ')} twice: say it once`, errors)
  }
  return { job_execution_id, ...(abort_mode ? { mode: abort_mode } : {}), ...beside, ...within }
}

function fromPath(event: HttpEvent): Asked {
  const tenant = event.pathParameters?.tenantId
  const body = parse(abortBody, event.body ?? {}, 'the body')
  return { ...body, job_execution_id: pathId(event), ...(tenant === undefined ? {} : { tenant_id: tenant }) }
}

const commandOf = (asked: Asked, requested_by: string): AbortCommand => ({
  job_execution_id: asked.job_execution_id,
  mode: asked.mode ?? 'graceful',
  reason: asked.reason ?? null,
  requested_by,
  force_after_seconds: asked.force_after_seconds ?? null,
  rollback: asked.rollback ?? false,
  ...(asked.tenant_id === undefined ? {} : { tenant_id: asked.tenant_id }),
})

const tellGelato: Tell = ({ job_execution_id, state }) => ({ Id: job_execution_id, Status: state })

async function run(asked: Asked, { event, tell }: { event: HttpEvent; tell: Tell }): Promise<HttpAnswer> {
  logJob(asked.job_execution_id)
  const deps = ports()
  const command = commandOf(asked, callerOf(event))
  if (asked.dry_run) return answer(200, await planJobAbort(deps, command))
  const { job, changed, stopping } = await abortJob(deps, command)
  // The flag is written and holds; a stop that fails now is repeated by the sweeper.
  await stopping.catch((error: Error) => logger.warn('the execution could not be stopped yet', error))
  return answer(changed ? 202 : 200, tell(job), { location: `/jobs/${job.job_execution_id}` })
}

async function abort(event: HttpEvent): Promise<HttpAnswer> {
  if (event.routeKey === 'POST /abort-job') return run(fromContrail(event), { event, tell: viewAbortedJob })
  const gelato = event.pathParameters?.tenantId !== undefined
  return run(fromPath(event), { event, tell: gelato ? tellGelato : viewAbortedJob })
}

export const handler = httpRoute('AbortJob', abort)
