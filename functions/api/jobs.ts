import { createHash } from 'node:crypto'
import type { ProductPorts } from '#aws/ports.ts'
import type { StepView } from '#core/api/answers.ts'
import { type StepValues, viewJob, viewListedJob, viewStep, withValues } from '#core/api/job-view.ts'
import { eventsQuery, listQuery, MAX_PAGE_OF_VALUES, parse, stepsQuery } from '#core/api/requests.ts'
import { viewTemplate } from '#core/api/template-view.ts'
import type { Job } from '#core/job/job.ts'
import type { Step } from '#core/step/step.ts'
import { canonicalJson } from '#core/text/canonical-json.ts'
import { timeAt } from '#core/time.ts'
import type { JsonValue } from '#core/value.ts'
import { findJob } from '#engine/jobs/find.ts'
import { listJobs } from '#engine/jobs/list.ts'
import { firstSteps, listNotifications, listSteps } from '#engine/jobs/parts.ts'
import { readText } from '#engine/values/read.ts'
import { gelatoJobs } from '../doors/gelato/jobs.ts'
import { pathId } from '../doors/path-id.ts'
import { answer, httpFunction } from '../middleware/http.ts'
import { type HttpAnswer, type HttpHandler, type HttpRequest, httpDoor } from '../middleware/http-door.ts'
import { JSON_API } from '../middleware/json-api.ts'
import { logJob } from '../middleware/telemetry.ts'
import { ports } from '../ports.ts'
import { API } from './routes.ts'

async function jobOf(known: ProductPorts, request: HttpRequest): Promise<Job> {
  const job = await findJob(known, pathId(request), request.tenant_id)
  logJob(job.job_execution_id)
  return job
}

async function list(known: ProductPorts, request: HttpRequest): Promise<HttpAnswer> {
  const query = parse(listQuery, request.query, 'the query')
  const { jobs, next_token } = await listJobs(known, { ...query, tenant_id: request.tenant_id })
  const now = timeAt(known.clock.now())
  const items = jobs.map((job) => {
    const template = { name: job.template, abort_modes: [...known.templates.abortModes(job.template)] }
    return viewListedJob(job, { template, now })
  })
  return answer(200, { items, next_token })
}

/** RFC 9110: `*`, or a list of tags, compared weakly. */
const knows = (header: string | undefined, etag: string): boolean =>
  header?.trim() === '*' || (header?.match(/"[^"]*"/g) ?? ([] as string[])).includes(etag)

async function show(known: ProductPorts, request: HttpRequest): Promise<HttpAnswer> {
  const job = await jobOf(known, request)
  const [looked, template, input] = await Promise.all([
    firstSteps(known, job),
    known.templates.ofJob(job),
    readText(known, job.job_execution_id, job.input),
  ])
  const view = viewJob(job, { ...looked, template, now: timeAt(known.clock.now()), input })
  const etag = `"${createHash('sha256').update(canonicalJson(view)).digest('base64url').slice(0, 27)}"`
  const headers = { etag, 'cache-control': 'no-cache' }
  if (knows(request.headers['if-none-match'], etag)) return { statusCode: 304, headers }
  return answer(200, view, headers)
}

async function steps(known: ProductPorts, request: HttpRequest): Promise<HttpAnswer> {
  const { values, limit, ...query } = parse(stepsQuery, request.query, 'the query')
  const job = await jobOf(known, request)
  const most = values ? Math.min(limit, MAX_PAGE_OF_VALUES) : limit
  const { items, next_token } = await listSteps(known, job, { ...query, limit: most })
  const now = timeAt(known.clock.now())
  const view = async (step: Step): Promise<StepView> => {
    const shown = viewStep(step, job, now)
    return values ? withValues(shown, await valuesOf(known, step)) : shown
  }
  return answer(200, { items: await Promise.all(items.map(view)), next_token })
}

async function valuesOf(known: ProductPorts, step: Step): Promise<StepValues> {
  const read = async (value: JsonValue | null) => value && readText(known, step.job_execution_id, value)
  const [checkpoint, result] = await Promise.all([read(step.checkpoint), read(step.result)])
  return { checkpoint, result }
}

async function events(known: ProductPorts, request: HttpRequest): Promise<HttpAnswer> {
  const query = parse(eventsQuery, request.query, 'the query')
  const job = await jobOf(known, request)
  return answer(200, await listNotifications(known, job, query))
}

async function templates(known: ProductPorts): Promise<HttpAnswer> {
  const items = await Promise.all(known.templates.names().map((name) => known.templates.byName(name)))
  return answer(200, { items: items.map(viewTemplate), next_token: null })
}

const template = async (known: ProductPorts, { parameters }: HttpRequest): Promise<HttpAnswer> =>
  answer(200, viewTemplate(await known.templates.byName(parameters.name ?? '')))

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
    listSteps: withPorts(steps),
    listTemplates: withPorts(templates),
    showTemplate: withPorts(template),
  },
  ...JSON_API,
})

export const handler = httpFunction('Jobs', [ownJobs, gelatoJobs])
