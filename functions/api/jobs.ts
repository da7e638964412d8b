import { createHash } from 'node:crypto'
import { type Deps, productDeps } from '#aws/deps.ts'
import { viewJob } from '#core/api/job-view.ts'
import { listQuery, parse } from '#core/api/requests.ts'
import { canonicalJson } from '#core/text/canonical-json.ts'
import { noSuchJob } from '#engine/jobs/abort.ts'
import { listJobs } from '#engine/jobs/list.ts'
import { listNotifications } from '#engine/notify.ts'
import { now } from '#engine/now.ts'
import { pathId } from '../doors/path-id.ts'
import { answer, httpFunction } from '../middleware/http.ts'
import { type HttpAnswer, type HttpHandler, type HttpRequest, httpDoor } from '../middleware/http-door.ts'
import { JSON_API } from '../middleware/json-api.ts'
import { logJob } from '../middleware/telemetry.ts'
import { API } from './routes.ts'

async function findJob(deps: Deps, request: HttpRequest) {
  const id = pathId(request)
  const job = await deps.store.getJob(id)
  if (!job) throw noSuchJob(id)
  logJob(id)
  return job
}

async function list(deps: Deps, request: HttpRequest): Promise<HttpAnswer> {
  const query = parse(listQuery, request.query, 'the query')
  const { jobs, next_token } = await listJobs(deps, query)
  const items = jobs.map((job) => viewJob(job, { steps: [], template: null, now: now() }))
  return answer(200, { items, next_token })
}

/** RFC 9110: `*`, or a list of tags, compared weakly. */
const knows = (header: string | undefined, etag: string): boolean =>
  header?.trim() === '*' || (header?.match(/"[^"]*"/g) ?? ([] as string[])).includes(etag)

async function show(deps: Deps, request: HttpRequest): Promise<HttpAnswer> {
  const job = await findJob(deps, request)
  const [steps, template] = await Promise.all([
    deps.store.getSteps(job.job_execution_id),
    deps.templates.ofJob(job),
  ])
  const view = viewJob(job, { steps, template, now: now() })
  const etag = `"${createHash('sha256').update(canonicalJson(view)).digest('base64url').slice(0, 27)}"`
  const headers = { etag, 'cache-control': 'no-cache' }
  if (knows(request.headers['if-none-match'], etag)) return { statusCode: 304, headers }
  return answer(200, view, headers)
}

async function events(deps: Deps, request: HttpRequest): Promise<HttpAnswer> {
  const job = await findJob(deps, request)
  return answer(200, { items: await listNotifications(deps, job.job_execution_id) })
}

async function templates(deps: Deps): Promise<HttpAnswer> {
  const items = await Promise.all(deps.templates.names().map((name) => deps.templates.byName(name)))
  const shown = items.map(({ steps, ...template }) => ({
    ...template,
    steps: steps.map(({ function_arn, ...step }) => step),
  }))
  return answer(200, { items: shown, next_token: null })
}

const withDeps =
  (work: (deps: Deps, request: HttpRequest) => Promise<HttpAnswer>): HttpHandler =>
  (request) =>
    work(productDeps(), request)

const ownJobs = httpDoor({
  door: API,
  bundle: 'api/jobs',
  handlers: {
    listJobs: withDeps(list),
    showJob: withDeps(show),
    listEvents: withDeps(events),
    listTemplates: withDeps(templates),
  },
  ...JSON_API,
})

export const handler = httpFunction('Jobs', [ownJobs])
