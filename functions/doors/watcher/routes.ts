import type { BasedDoor, RoutedDoor } from '#core/api/door.ts'

const PLAN = '/v1/action_plans/{uuid}'

/** Watcher, OpenStack's service that optimizes a cloud: its clients list, start and cancel action plans. */
export const WATCHER = {
  name: 'Watcher',
  base: '/infra-optim',
  bundle: 'doors/watcher/handler',
  authorizer: 'openstack',
  routes: [
    { method: 'GET', path: '/', useCase: 'showRoot' },
    { method: 'GET', path: '/v1', useCase: 'showVersion' },
    { method: 'GET', path: '/v1/action_plans', useCase: 'listPlans' },
    { method: 'POST', path: '/v1/action_plans', useCase: 'createPlan' },
    { method: 'GET', path: '/v1/action_plans/detail', useCase: 'listPlans' },
    { method: 'GET', path: PLAN, useCase: 'showPlan' },
    { method: 'PATCH', path: PLAN, useCase: 'changePlan' },
    { method: 'DELETE', path: PLAN, useCase: 'deletePlan' },
    { method: 'POST', path: `${PLAN}/start`, useCase: 'startPlan' },
    { method: 'GET', path: '/v1/actions', useCase: 'listActions' },
    { method: 'GET', path: '/v1/actions/detail', useCase: 'listActions' },
    { method: 'GET', path: '/v1/actions/{uuid}', useCase: 'showAction' },
  ],
} as const satisfies BasedDoor

const SERVED = { bundle: 'doors/watcher/handler', authorizer: 'iam' } as const

/** The same plans by our own errors, for whoever signs. */
export const ACTION_PLANS = {
  name: 'ActionPlans',
  routes: [
    { method: 'GET', path: '/action-plans', useCase: 'listPlans', ...SERVED },
    { method: 'POST', path: '/action-plans', useCase: 'createPlan', ...SERVED },
    { method: 'GET', path: '/action-plans/{uuid}', useCase: 'showPlan', ...SERVED },
    { method: 'PATCH', path: '/action-plans/{uuid}', useCase: 'changePlan', ...SERVED },
    { method: 'DELETE', path: '/action-plans/{uuid}', useCase: 'deletePlan', ...SERVED },
    { method: 'POST', path: '/action-plans/{uuid}/start', useCase: 'startPlan', ...SERVED },
    { method: 'GET', path: '/action-plans/{uuid}/actions', useCase: 'listActions', ...SERVED },
  ],
} as const satisfies RoutedDoor
