import { eventsQuery, parse } from '#core/api/requests.ts'
import type { Job } from '#core/job/job.ts'
import { findJob, noSuchJob } from '#engine/jobs/find.ts'
import { listJobs as listed } from '#engine/jobs/list.ts'
import { firstSteps } from '#engine/jobs/parts.ts'
import { readValue } from '#engine/values/read.ts'
import { answer } from '../../middleware/http.ts'
import { type HttpAnswer, type HttpRequest, httpDoor } from '../../middleware/http-door.ts'
import { JSON_API } from '../../middleware/json-api.ts'
import { ports } from '../../ports.ts'
import { OBJECT_MIGRATION, type ObjectMigrationInput } from '../../steps/object-migration/template.ts'
import { pathId } from '../path-id.ts'
import { GELATO } from './routes.ts'
import { addressedTenant, noSuchTenant } from './tenant.ts'
import { viewAmounts, viewMigration } from './view.ts'

const inputOf = async ({ job_execution_id, input }: Job): Promise<ObjectMigrationInput> =>
  (await readValue(ports(), job_execution_id, input)) as ObjectMigrationInput

/** The tenant's migrations, newest first. */
async function listMigrations(request: HttpRequest): Promise<HttpAnswer> {
  const query = parse(eventsQuery, request.query, 'the query')
  const tenant_id = addressedTenant(request, noSuchTenant(request))
  const { jobs, next_token } = await listed(ports(), { ...query, template: OBJECT_MIGRATION.name, tenant_id })
  const Jobs = await Promise.all(jobs.map(async (job) => viewMigration(job, await inputOf(job))))
  return answer(200, { Jobs, NextToken: next_token })
}

async function showMigration(request: HttpRequest): Promise<HttpAnswer> {
  const id = pathId(request)
  const tenant_id = addressedTenant(request, noSuchJob(id))
  const job = await findJob(ports(), id, tenant_id)
  if (job.template !== OBJECT_MIGRATION.name) throw noSuchJob(id)
  const [input, { steps }] = await Promise.all([inputOf(job), firstSteps(ports(), job)])
  return answer(200, { ...viewMigration(job, input), ...viewAmounts(steps) })
}

export const gelatoJobs = httpDoor({
  door: GELATO,
  bundle: 'api/jobs',
  handlers: { listMigrations, showMigration },
  ...JSON_API,
})
