import type { ProductPorts } from '#aws/ports.ts'
import type { DefinitionView, JobList, StepView } from '#core/api/answers.ts'
import { type StepValues, viewJob, viewListedJob, viewStep, withValues } from '#core/api/job-view.ts'
import { eventsQuery, listQuery, MAX_PAGE_OF_VALUES, parse, stepsQuery } from '#core/api/requests.ts'
import { viewListedTemplate, viewTemplate } from '#core/api/template-view.ts'
import { type Job, stateMachineArnOf } from '#core/job/job.ts'
import type { Step } from '#core/step/step.ts'
import { timeAt } from '#core/time.ts'
import type { JsonValue } from '#core/value.ts'
import { countActive } from '#engine/jobs/count.ts'
import { machineOf } from '#engine/jobs/definition.ts'
import { findJob } from '#engine/jobs/find.ts'
import { listJobs } from '#engine/jobs/list.ts'
import { firstSteps, listNotifications, listSteps } from '#engine/jobs/parts.ts'
import { readText } from '#engine/values/read.ts'
import { gelatoJobs } from '../doors/gelato/jobs.ts'
import { pathId } from '../doors/path-id.ts'
import { tagged } from '../middleware/etag.ts'
import { answer, httpFunction } from '../middleware/http.ts'
import { type HttpAnswer, type HttpHandler, type HttpRequest, httpDoor } from '../middleware/http-door.ts'
import { JSON_API } from '../middleware/json-api.ts'
import { logJob } from '../middleware/telemetry.ts'
import { ports } from '../ports.ts'
import { showAsyncApi, showOpenApi } from './documents.ts'
import { API } from './routes.ts'

async function jobOf(known: ProductPorts, request: HttpRequest): Promise<Job> {
  const job = await findJob(known, pathId(request), request.tenant_id)
  logJob(job.job_execution_id)
  return job
}

async function list(known: ProductPorts, request: HttpRequest): Promise<HttpAnswer> {
  const { counts, ...query } = parse(listQuery, request.query, 'the query')
  const { tenant_id } = request
  const [{ jobs, next_token }, counted] = await Promise.all([
    listJobs(known, { ...query, tenant_id }),
    counts && countActive(known, tenant_id),
  ])
  const now = timeAt(known.clock.now())
  const items = jobs.map((job) => {
    const template = { name: job.template, abort_modes: [...known.templates.abortModes(job.template)] }
    return viewListedJob(job, { template, now })
  })
  const view: JobList = { items, next_token, ...(counted === undefined ? {} : { counts: counted }) }
  return tagged(request, view)
}

async function show(known: ProductPorts, request: HttpRequest): Promise<HttpAnswer> {
  const job = await jobOf(known, request)
  const [looked, template, input] = await Promise.all([
    firstSteps(known, job),
    known.templates.ofJob(job),
    readText(known, job.job_execution_id, job.input),
  ])
  const view = viewJob(job, { ...looked, template, now: timeAt(known.clock.now()), input })
  return tagged(request, view)
}

async function definition(known: ProductPorts, request: HttpRequest): Promise<HttpAnswer> {
  const job = await jobOf(known, request)
  const machine = await machineOf(known, job)
  const view: DefinitionView = {
    job_execution_id: job.job_execution_id,
    source: machine?.source ?? null,
    state_machine_arn: machine?.template.state_machine_arn ?? stateMachineArnOf(job.execution_arn),
    definition: machine?.template.definition ?? null,
  }
  return tagged(request, view)
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
  const items = await known.templates.all()
  return answer(200, { items: items.map(viewListedTemplate), next_token: null })
}

const template = async (known: ProductPorts, request: HttpRequest): Promise<HttpAnswer> =>
  tagged(request, viewTemplate(await known.templates.byName(request.parameters.name ?? '')))

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
    showDefinition: withPorts(definition),
    listTemplates: withPorts(templates),
    showTemplate: withPorts(template),
    showOpenApi,
    showAsyncApi,
  },
  ...JSON_API,
})

export const handler = httpFunction('Jobs', [ownJobs, gelatoJobs])
