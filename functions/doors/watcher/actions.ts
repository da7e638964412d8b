import { invalidRequest } from '#core/api/requests.ts'
import { inParallel } from '#engine/in-parallel.ts'
import { answer } from '../../middleware/http.ts'
import type { HttpAnswer, HttpRequest } from '../../middleware/http-door.ts'
import { doorUrl, nextUrl } from '../openstack/links.ts'
import { listQuery, pageOf } from '../openstack/list-query.ts'
import {
  currentPlan,
  currentPlans,
  isUuid,
  plans,
  projectOf,
  stepsByAction,
  unlessNotFound,
  uuidOf,
} from './parts.ts'
import type { CurrentPlan } from './plan/plan.ts'
import { refuseNoUuid } from './plans.ts'
import { type CurrentAction, stateOf, viewAction } from './views.ts'

const BASE = '/infra-optim'

/** A list of more would not fit one answer's time. */
const MAX_LISTED = 10_000
const AT_ONCE = 10

const SORT_KEYS = ['uuid', 'action_plan_uuid', 'action_type', 'state', 'created_at', 'updated_at'] as const

export async function listActions(request: HttpRequest): Promise<HttpAnswer> {
  const query = listQuery(request.query, { sortKeys: SORT_KEYS, sortKey: 'created_at', isMarker: isUuid })
  const actions = await actionsOf(await plansAsked(request))
  const sorting = { query, idOf: ({ action }: CurrentAction) => action.uuid, noun: 'Action' }
  const { items, more } = pageOf(actions, { ...sorting, sortedBy })
  const door = doorUrl(request, BASE)
  const next = more ? { next: nextUrl(`${door}/v1/actions`, request.query, items.at(-1)!.action.uuid) } : {}
  return answer(200, { actions: items.map((item) => viewAction(item, door)), ...next })
}

export async function showAction(request: HttpRequest): Promise<HttpAnswer> {
  const { plan, action } = await plans().findAction(projectOf(request), uuidOf(request))
  const current = await currentPlan(plan)
  const steps = await stepsByAction(current)
  const told = { action, current, step: steps.get(action.index) }
  return answer(200, viewAction(told, doorUrl(request, BASE)))
}

/** @throws RequestInvalidError */
async function plansAsked(request: HttpRequest): Promise<CurrentPlan[]> {
  const { action_plan_uuid = request.parameters.uuid, audit_uuid } = request.query
  refuseNoUuid('action_plan_uuid', action_plan_uuid)
  refuseNoUuid('audit_uuid', audit_uuid)
  if (action_plan_uuid !== undefined && audit_uuid !== undefined) {
    const detail = 'goes not together with action_plan_uuid: give one of them'
    throw invalidRequest('the query is not valid', [{ pointer: '?audit_uuid', detail }])
  }
  const project = projectOf(request)
  if (action_plan_uuid === undefined) {
    const known = await plans().list(project)
    return currentPlans(known.filter((plan) => audit_uuid === undefined || plan.audit_uuid === audit_uuid))
  }
  const found = await plans().find(project, action_plan_uuid).catch(unlessNotFound)
  return found ? currentPlans([found]) : []
}

/** In the order of the plans, and within each of them. @throws RequestInvalidError for too many */
async function actionsOf(current: CurrentPlan[]): Promise<CurrentAction[]> {
  const count = current.reduce((sum, { plan }) => sum + plan.actions, 0)
  if (count > MAX_LISTED) {
    const detail = `is missing: there are ${count} actions, and ${MAX_LISTED} are listed at most`
    throw invalidRequest('the query is not valid', [{ pointer: '?action_plan_uuid', detail }])
  }
  const found = new Map<string, CurrentAction[]>()
  await inParallel(current, AT_ONCE, async (each) => {
    const [actions, steps] = await Promise.all([plans().actions(each.plan.uuid), stepsByAction(each)])
    found.set(
      each.plan.uuid,
      actions.map((action) => ({ action, current: each, step: steps.get(action.index) })),
    )
  })
  return current.flatMap(({ plan }) => found.get(plan.uuid) ?? [])
}

function sortedBy(told: CurrentAction, key: (typeof SORT_KEYS)[number]): unknown {
  const { action, step } = told
  if (key === 'state') return stateOf(told)
  if (key === 'updated_at') return step?.updated_at
  // Within a plan all were created at once: as they were given.
  if (key === 'created_at') return `${action.created_at} ${String(action.index).padStart(3, '0')}`
  return key === 'action_plan_uuid' ? action.plan : action[key]
}
