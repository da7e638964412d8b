import { invalidRequest } from '#core/api/requests.ts'
import { RequestInvalidError } from '#core/errors.ts'
import { answer } from '../../middleware/http.ts'
import type { HttpAnswer, HttpRequest } from '../../middleware/http-door.ts'
import { doorUrl, nextUrl } from '../openstack/links.ts'
import { listQuery, pageOf } from '../openstack/list-query.ts'
import { broughtOn } from './change-plan.ts'
import { askedPlan, currentPlans, forgetGone, isUuid, plans, projectOf } from './parts.ts'
import { type CurrentPlan, isEnded } from './plan/plan.ts'
import { newPlan } from './plan-body.ts'
import { deployedReach, refuseOutOfReach } from './reach.ts'
import { viewPlan } from './views.ts'

const BASE = '/infra-optim'

const SORT_KEYS = [
  'uuid',
  'name',
  'audit_uuid',
  'strategy_uuid',
  'strategy_name',
  'state',
  'global_efficacy',
  'created_at',
  'updated_at',
] as const

export async function listPlans(request: HttpRequest): Promise<HttpAnswer> {
  const { audit_uuid } = request.query
  const query = listQuery(request.query, { sortKeys: SORT_KEYS, sortKey: 'created_at', isMarker: isUuid })
  refuseNoUuid('audit_uuid', audit_uuid)
  const known = await plans().list(projectOf(request))
  const current = await currentPlans(
    known.filter((plan) => audit_uuid === undefined || plan.audit_uuid === audit_uuid),
  )
  const brought = await Promise.all(current.map(broughtOn))
  const sorting = { query, idOf: ({ plan }: CurrentPlan) => plan.uuid, noun: 'ActionPlan' }
  const { items, more } = pageOf(brought, { ...sorting, sortedBy })
  const door = doorUrl(request, BASE)
  const url = `${door}/v1/action_plans`
  const next = more ? { next: nextUrl(url, request.query, items.at(-1)!.plan.uuid) } : {}
  return answer(200, { action_plans: items.map((item) => viewPlan(item, door)), ...next })
}

function sortedBy({ plan, state, updated_at }: CurrentPlan, key: (typeof SORT_KEYS)[number]): unknown {
  if (key === 'state') return state
  if (key === 'updated_at') return updated_at
  return key === 'global_efficacy' ? JSON.stringify(plan.global_efficacy) : plan[key]
}

/** @throws RequestInvalidError */
export function refuseNoUuid(name: string, given: string | undefined): void {
  if (given === undefined || isUuid(given)) return
  throw invalidRequest('the query is not valid', [{ pointer: `?${name}`, detail: 'Expected a UUID' }])
}

export async function showPlan(request: HttpRequest): Promise<HttpAnswer> {
  return answer(200, viewPlan(await broughtOn(await askedPlan(request)), doorUrl(request, BASE)))
}

export async function createPlan(request: HttpRequest): Promise<HttpAnswer> {
  const project = projectOf(request)
  const asked = newPlan(request.body, project)
  refuseOutOfReach(asked.actions, deployedReach())
  if (await plans().isFull(project)) await forgetGone(project)
  const plan = await plans().create(asked)
  const door = doorUrl(request, BASE)
  const current: CurrentPlan = { plan, job: undefined, state: 'RECOMMENDED', updated_at: null }
  return answer(201, viewPlan(current, door), { location: `${door}/v1/action_plans/${plan.uuid}` })
}

export async function deletePlan(request: HttpRequest): Promise<HttpAnswer> {
  const { plan, state } = await askedPlan(request)
  const refuse = (now: string): never => {
    throw new RequestInvalidError(`Couldn't delete when state is '${now}'.`)
  }
  if (state !== 'RECOMMENDED' && !isEnded(state)) refuse(state)
  await plans().remove(plan.project, plan.uuid, ({ started }) => {
    if (started?.job_id !== plan.started?.job_id) refuse('PENDING')
  })
  return { statusCode: 204 }
}
