import { httpFunction } from '../../middleware/http.ts'
import { httpDoor } from '../../middleware/http-door.ts'
import { JSON_API } from '../../middleware/json-api.ts'
import { openStackBody, openStackDoor } from '../openstack/openstack-door.ts'
import { listActions, showAction } from './actions.ts'
import { changePlan, startPlan } from './change-plan.ts'
import { createPlan, deletePlan, listPlans, showPlan } from './plans.ts'
import { ACTION_PLANS, WATCHER } from './routes.ts'
import { showRoot, showVersion, WATCHER_VERSIONS } from './versions.ts'

const bundle = 'doors/watcher/handler'
const handlers = { changePlan, createPlan, deletePlan, listActions, listPlans, showPlan, startPlan }

const watcher = httpDoor({
  door: WATCHER,
  bundle,
  handlers: { ...handlers, showAction, showRoot, showVersion },
  ...openStackDoor(WATCHER_VERSIONS),
})

const ownPlans = httpDoor({ door: ACTION_PLANS, bundle, handlers, ...JSON_API, body: openStackBody })

export const handler = httpFunction('Watcher', [watcher, ownPlans])
