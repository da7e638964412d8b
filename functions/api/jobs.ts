import { createHash } from 'node:crypto'
import type { ProductPorts } from '#aws/ports.ts'
import { viewJob } from '#core/api/job-view.ts'
import { listQuery, parse } from '#core/api/requests.ts'
import { NotFoundError } from '#core/errors.ts'
import { canonicalJson } from '#core/text/canonical-json.ts'
import { timeAt } from '#core/time.ts'
import { noSuchJob } from '#engine/jobs/find.ts'
import { listJobs } from '#engine/jobs/list.ts'
import { answer, type HttpAnswer, type HttpEvent, httpRoute } from '../middleware/http.ts'
import { pathId } from '../middleware/path-id.ts'
import { logJob } from '../middleware/telemetry.ts'
import { ports } from '../ports.ts'

async function findJob(deps: ProductPorts, event: HttpEvent) {
  const id = pathId(event)
  const job = await deps.jobs.get(id)
  if (!job) throw noSuchJob(id)
  logJob(id)
  return job
}

async function list(deps: ProductPorts, event: HttpEvent): Promise<HttpAnswer> {
  const query = parse(listQuery, event.queryStringParameters ?? {}, 'the query')
  const { jobs, next_token } = await listJobs(deps, query)
  const items = jobs.map((job) => viewJob(job, { steps: [], template: null, now: timeAt(deps.clock.now()) }))
  return answer(200, { items, next_token })
}

/** RFC 9110: `*`, or a list of tags, compared weakly. */
const knows = (header: string | undefined, etag: string): boolean =>
  header?.trim() === '*' || (header?.match(/"[^"]*"/g) ?? ([] as string[])).includes(etag)

async function show(deps: ProductPorts, event: HttpEvent): Promise<HttpAnswer> {
  const job = await findJob(deps, event)
  const [steps, template] = await Promise.all([
    deps.steps.list(job.job_execution_id),
    deps.templates.ofJob(job),
  ])
  const view = viewJob(job, { steps, template, now: timeAt(deps.clock.now()) })
  const etag = `"${createHash('sha256').update(canonicalJson(view)).digest('base64url').slice(0, 27)}"`
  const headers = { etag, 'cache-control': 'no-cache' }
  if (knows(event.headers['if-none-match'], etag)) return { statusCode: 304, headers }
  return answer(200, view, headers)
}

async function events(deps: ProductPorts, event: HttpEvent): Promise<HttpAnswer> {
  const job = await findJob(deps, event)
  return answer(200, { items: await deps.notifications.list(job.job_execution_id) })
}

async function templates(deps: ProductPorts): Promise<HttpAnswer> {
  const items = await Promise.all(deps.templates.names().map((name) => deps.templates.byName(name)))
  const shown = items.map(({ steps, ...template }) => ({
    ...template,
    steps: steps.map(({ function_arn, ...step }) => step),
  }))
  return answer(200, { items: shown, next_token: null })
}

const ROUTES: Record<string, (deps: ProductPorts, event: HttpEvent) => Promise<HttpAnswer>> = {
  'GET /jobs': list,
  'GET /jobs/{id}': show,
  'GET /jobs/{id}/events': events,
  'GET /templates': templates,
}

async function read(event: HttpEvent): Promise<HttpAnswer> {
  const route = ROUTES[event.routeKey]
  if (!route) throw new NotFoundError(`there is no route ${event.routeKey}`)
  return route(ports(), event)
}

export const handler = httpRoute('Jobs', read)
