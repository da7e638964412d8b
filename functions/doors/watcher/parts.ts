import { once } from '#aws/clients.ts'
import { env } from '#aws/env.ts'
import { invalidRequest } from '#core/api/requests.ts'
import { NotFoundError } from '#core/errors.ts'
import type { Step } from '#core/step/step.ts'
import { inParallel } from '#engine/in-parallel.ts'
import { stepsOf } from '#engine/steps/steps-of.ts'
import type { HttpRequest } from '../../middleware/http-door.ts'
import { ports } from '../../ports.ts'
import { type CurrentPlan, currentOf, isGone, type Plan } from './plan/plan.ts'
import { Plans } from './plan/plans.ts'

export const plans = once(() => new Plans(ports().doorRecords))

/** Whose plans: of the token's project, of the tenant that the caller is bound to, else the default ones. */
export const projectOf = ({ tenant_id = 'default' }: HttpRequest): string => tenant_id

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/
export const isUuid = (given: string): boolean => UUID.test(given)

/** @throws RequestInvalidError */
export function uuidOf({ parameters: { uuid = '' } }: HttpRequest): string {
  if (isUuid(uuid)) return uuid
  throw invalidRequest(`Expected a uuid but received ${uuid.slice(0, 40)}.`, [])
}

/** The plan that the path names, as it is now. @throws NotFoundError, RequestInvalidError */
export async function askedPlan(request: HttpRequest): Promise<CurrentPlan> {
  return currentPlan(await plans().find(projectOf(request), uuidOf(request)))
}

/** @throws NotFoundError where its job is not kept any more */
export async function currentPlan(plan: Plan): Promise<CurrentPlan> {
  const [current] = await currentPlans([plan])
  if (current) return current
  throw new NotFoundError(`ActionPlan ${plan.uuid} could not be found`)
}

const AT_ONCE = 50

/** In their order, without those whose jobs are not kept any more. */
export async function currentPlans(given: Plan[]): Promise<CurrentPlan[]> {
  const found = new Map<string, CurrentPlan>()
  await inParallel(given, AT_ONCE, async (plan) => {
    const job = plan.started ? await ports().jobs.get(plan.started.job_id) : undefined
    if (isGone(plan, job, { now: Date.now(), days: env.retentionDays() })) return
    found.set(plan.uuid, currentOf(plan, job))
  })
  return given.flatMap(({ uuid }) => found.get(uuid) ?? [])
}

/** So many make room for as many new plans, within the time of one request. */
const FORGOTTEN_AT_ONCE = 50

/** Takes plans that nobody sees any more, as their jobs have gone, out of what counts. */
export async function forgetGone(project: string): Promise<void> {
  const age = { now: Date.now(), days: env.retentionDays() }
  const old = (await plans().list(project)).filter((plan) => isGone(plan, undefined, age))
  for (const { uuid, started } of old.slice(0, FORGOTTEN_AT_ONCE)) {
    if (started && (await ports().jobs.get(started.job_id))) continue
    await plans().remove(project, uuid, () => undefined)
  }
}

/** The steps of a plan's job, by the places of their actions. */
export async function stepsByAction({ job }: CurrentPlan): Promise<Map<number, Step>> {
  const steps = job ? await stepsOf(ports(), job) : []
  return new Map(steps.flatMap((step) => (typeof step.index === 'number' ? [[step.index, step]] : [])))
}

export function unlessNotFound(error: Error): undefined {
  if (!(error instanceof NotFoundError)) throw error
  return undefined
}
