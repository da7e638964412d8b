import { createHash } from 'node:crypto'
import type { ProductPorts } from '#aws/ports.ts'
import { viewJob } from '#core/api/job-view.ts'
import { listQuery, parse } from '#core/api/requests.ts'
import type { Job } from '#core/job/job.ts'
import { canonicalJson } from '#core/text/canonical-json.ts'
import { timeAt } from '#core/time.ts'
import { findJob } from '#engine/jobs/find.ts'
import { listJobs } from '#engine/jobs/list.ts'
import { readText } from '#engine/values/read.ts'
import { pathId } from '../doors/path-id.ts'
import { answer, httpFunction } from '../middleware/http.ts'
import { type HttpAnswer, type HttpHandler, type HttpRequest, httpDoor } from '../middleware/http-door.ts'
import { JSON_API } from '../middleware/json-api.ts'
import { logJob } from '../middleware/telemetry.ts'
import { ports } from '../ports.ts'
import { API } from './routes.ts'

async function jobOf(known: ProductPorts, request: HttpRequest): Promise<Job> {
  const job = await findJob(known, pathId(request))
  logJob(job.job_execution_id)
  return job
}

async function list(known: ProductPorts, request: HttpRequest): Promise<HttpAnswer> {
  const query = parse(listQuery, request.query, 'the query')
  const { jobs, next_token } = await listJobs(known, query)
  const items = jobs.map(async (job) => {
    const template = await known.templates.byName(job.template).catch(() => null)
    return viewJob(job, { steps: [], template, now: timeAt(known.clock.now()) })
  })
  return answer(200, { items: await Promise.all(items), next_token })
}

/** RFC 9110: `*`, or a list of tags, compared weakly. */
const knows = (header: string | undefined, etag: string): boolean =>
  header?.trim() === '*' || (header?.match(/"[^"]*"/g) ?? ([] as string[])).includes(etag)

async function show(known: ProductPorts, request: HttpRequest): Promise<HttpAnswer> {
  const job = await jobOf(known, request)
  const [steps, template, input] = await Promise.all([
    known.steps.list(job.job_execution_id),
    known.templates.ofJob(job),
    readText(known, job.job_execution_id, job.input),
  ])
  const view = viewJob(job, { steps, template, now: timeAt(known.clock.now()), input })
  const etag = `"${createHash('sha256').update(canonicalJson(view)).digest('base64url').slice(0, 27)}"`
  const headers = { etag, 'cache-control': 'no-cache' }
  if (knows(request.headers['if-none-match'], etag)) return { statusCode: 304, headers }
  return answer(200, view, headers)
}

async function events(known: ProductPorts, request: HttpRequest): Promise<HttpAnswer> {
  const job = await jobOf(known, request)
  return answer(200, { items: await known.notifications.list(job.job_execution_id) })
}

async function templates(known: ProductPorts): Promise<HttpAnswer> {
  const items = await Promise.all(known.templates.names().map((name) => known.templates.byName(name)))
  const shown = items.map(({ steps, ...template }) => ({
    ...template,
    steps: steps.map(({ function_arn, ...step }) => step),
  }))
  return answer(200, { items: shown, next_token: null })
}

const withPorts =
  (work: (known: ProductPorts, request: HttpRequest) => Promise<HttpAnswer>): HttpHandler =>
  (request) =>
    work(ports(), request)

const ownJobs = httpDoor({
  door: API,
  bundle: 'api/jobs',
  handlers: {
    listJobs: withPorts(list),
    showJob: withPorts(show),
    listEvents: withPorts(events),
    listTemplates: withPorts(templates),
  },
  ...JSON_API,
})

export const handler = httpFunction('Jobs', [ownJobs])
