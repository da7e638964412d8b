import * as z from 'zod'
import { patchBody } from '#functions/doors/openstack/json-patch.ts'
import * as answers from '#functions/doors/watcher/answers.ts'
import { newPlanBody } from '#functions/doors/watcher/plan-body.ts'
import type { ACTION_PLANS, WATCHER } from '#functions/doors/watcher/routes.ts'
import type { Answer, Operation, Operations } from '../operations.ts'
import { ID } from '../samples.ts'
import { about, paging } from './nodes.ts'

const UUID = 'c3a1b5f0-27a4-4f0e-8b39-3f7a5f6f2d11'
const AT = '2026-01-31T09:00:00+00:00'

const PLAN = {
  uuid: UUID,
  name: 'consolidate',
  audit_uuid: null,
  strategy_uuid: null,
  strategy_name: 'server_consolidation',
  state: 'ONGOING',
  efficacy_indicators: [],
  global_efficacy: [],
  hostname: null,
  max_parallel: 10,
  job_execution_id: ID,
  created_at: AT,
  updated_at: AT,
  deleted_at: null,
  links: [{ rel: 'self', href: `https://api.example.com/infra-optim/v1/action_plans/${UUID}` }],
}
const ACTION = {
  uuid: 'e7b0f2c4-5d0f-4a0a-9a54-3f1d9a4c8a01',
  action_plan_uuid: UUID,
  action_type: 'sleep',
  input_parameters: { duration: 60 },
  parents: [],
  description: null,
  state: 'ONGOING',
  fault: null,
  created_at: AT,
  updated_at: AT,
  deleted_at: null,
  links: [],
}

const plan = (description: string): Answer => ({
  description,
  body: { schema: answers.planView, example: PLAN },
})
const audit = { audit_uuid: z.string().optional() }

const list: Operation = {
  summary: 'Action plans',
  query: z.object({ ...paging, ...audit }),
  answers: {
    200: {
      description: 'A page of them',
      body: { schema: answers.planList, example: { action_plans: [PLAN] } },
    },
  },
  problems: [400, 404],
}
const create: Operation = {
  summary: 'Recommend an action plan',
  body: {
    required: true,
    schema: newPlanBody,
    example: { name: 'consolidate', actions: [{ action_type: 'sleep', input_parameters: { duration: 60 } }] },
  },
  answers: { 201: { ...plan('The plan'), headers: { location: 'The URL of the plan' } } },
  problems: [400, 409, 415],
}
const show: Operation = { summary: 'An action plan', answers: { 200: plan('The plan') }, problems: [404] }
const change: Operation = {
  summary: 'Start or cancel an action plan',
  description: 'By a JSON Patch of its `state`: PENDING starts it, CANCELLING or CANCELLED cancels it.',
  body: {
    required: true,
    schema: patchBody,
    example: [{ op: 'replace', path: '/state', value: 'CANCELLING' }],
  },
  answers: { 200: plan('The plan as it is now') },
  problems: [400, 404, 409, 415],
}
const remove: Operation = {
  summary: 'Delete an action plan that is not under way',
  answers: { 204: { description: 'Done' } },
  problems: [400, 404, 409],
}
const start: Operation = {
  summary: 'Start an action plan',
  answers: { 200: plan('The plan as it is now') },
  problems: [400, 404, 409, 415],
}
const actions: Operation = {
  summary: 'The actions of a plan',
  query: z.object({ ...paging, ...audit, action_plan_uuid: z.string().optional() }),
  answers: {
    200: {
      description: 'A page of them',
      body: { schema: answers.actionList, example: { actions: [ACTION] } },
    },
  },
  problems: [400, 404],
}

export const PLAN_OPERATIONS: Operations<typeof ACTION_PLANS> = {
  'GET /action-plans': list,
  'POST /action-plans': create,
  'GET /action-plans/{uuid}': show,
  'PATCH /action-plans/{uuid}': change,
  'DELETE /action-plans/{uuid}': remove,
  'POST /action-plans/{uuid}/start': start,
  'GET /action-plans/{uuid}/actions': actions,
}

export const WATCHER_OPERATIONS: Operations<typeof WATCHER> = {
  'GET /': about('The versions of the door'),
  'GET /v1': about('What the version has'),
  'GET /v1/action_plans': list,
  'POST /v1/action_plans': create,
  'GET /v1/action_plans/detail': list,
  'GET /v1/action_plans/{uuid}': show,
  'PATCH /v1/action_plans/{uuid}': change,
  'DELETE /v1/action_plans/{uuid}': remove,
  'POST /v1/action_plans/{uuid}/start': start,
  'GET /v1/actions': actions,
  'GET /v1/actions/detail': actions,
  'GET /v1/actions/{uuid}': {
    summary: 'An action',
    answers: { 200: { description: 'The action', body: { schema: answers.actionView, example: ACTION } } },
    problems: [404],
  },
}
