import { type AbortManyBody, abortManyBody, MAX_MANY, modeOf } from '#core/api/abort-requests.ts'
import type { AbortJobsItem } from '#core/api/answers.ts'
import { viewAbortedJob } from '#core/api/command-views.ts'
import { invalidRequest, parse } from '#core/api/requests.ts'
import { inParallel } from '#engine/in-parallel.ts'
import { type AbortCommand, foreseeAbort } from '#engine/jobs/abort.ts'
import { type AbortOutcome, abortJobs as abortAll, openJobs } from '#engine/jobs/abort-many.ts'
import { answer } from '../middleware/http.ts'
import type { HttpAnswer, HttpRequest } from '../middleware/http-door.ts'
import { problemOf } from '../middleware/problem.ts'
import { logger } from '../middleware/telemetry.ts'
import { ports } from '../ports.ts'

const AT_ONCE = 50

type Which = { ids: string[]; truncated: boolean }

/** `POST /jobs/abort`: many at once, with one result for each. */
export async function abortJobs(request: HttpRequest): Promise<HttpAnswer> {
  const body = parse(abortManyBody, request.body ?? {}, 'the body')
  const { ids, truncated } = await which(body, request.tenant_id)
  const command = commandOf(body, request)
  if (body.dry_run) {
    const items = (await foreseen(ids, command)).map(itemOf)
    return answer(200, { count: items.length, truncated, items })
  }
  if (truncated) {
    throw invalidRequest('the body is not valid', [
      {
        pointer: '/filter',
        detail: `matches more than ${MAX_MANY} jobs: narrow it, or name them part by part`,
      },
    ])
  }
  const { outcomes, left } = await abortAll(ports(), ids, command)
  if (left > 0) logger.warn('executions are stopped by the next sweep', { left })
  return answer(200, { items: outcomes.map(itemOf) })
}

async function which(body: AbortManyBody, tenant: string | undefined): Promise<Which> {
  if (body.job_execution_ids) return { ids: [...new Set(body.job_execution_ids)], truncated: false }
  const { jobs, truncated } = await openJobs(ports(), body.filter!, tenant)
  return { ids: jobs.map(({ job_execution_id }) => job_execution_id), truncated }
}

const commandOf = (
  body: AbortManyBody,
  { caller, tenant_id }: HttpRequest,
): Omit<AbortCommand, 'job_execution_id'> => ({
  requested_by: caller,
  ...(tenant_id === undefined ? {} : { tenant_id }),
  mode: modeOf(body),
  reason: body.reason ?? null,
  force_after_seconds: body.force_after_seconds ?? null,
  rollback: body.rollback ?? false,
})

/** The same answers without a write. */
async function foreseen(
  ids: string[],
  command: Omit<AbortCommand, 'job_execution_id'>,
): Promise<AbortOutcome[]> {
  const known = ports()
  const outcomes = new Map<string, AbortOutcome>()
  await inParallel(ids, AT_ONCE, async (job_execution_id) => {
    const outcome = await foreseeAbort(known, { ...command, job_execution_id }).then(
      (aborted) => ({ job_execution_id, aborted }),
      (error: Error) => ({ job_execution_id, error }),
    )
    outcomes.set(job_execution_id, outcome)
  })
  return ids.map((id) => outcomes.get(id)!)
}

function itemOf(outcome: AbortOutcome): AbortJobsItem {
  const { job_execution_id } = outcome
  if ('error' in outcome) return refused(job_execution_id, outcome.error)
  const { job, changed, notTaken } = outcome.aborted
  const { state, not_taken } = viewAbortedJob(job, notTaken)
  return {
    job_execution_id,
    status: changed ? 202 : 200,
    state,
    ...(not_taken.length > 0 ? { not_taken } : {}),
  }
}

function refused(job_execution_id: string, error: Error): AbortJobsItem {
  const { status, kind, title, detail, facts } = problemOf(error)
  if (status >= 500) logger.error('a job could not be aborted', { job_execution_id, error })
  const { state } = facts as { state?: AbortJobsItem['state'] }
  const problem = { type: `urn:standdown:problem:${kind}`, title, status, detail, ...facts }
  return { job_execution_id, status, ...(state ? { state } : {}), problem }
}
