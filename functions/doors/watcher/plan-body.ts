import { randomUUID } from 'node:crypto'
import * as z from 'zod'
import { invalidRequest, parse } from '#core/api/requests.ts'
import { timeAt } from '#core/time.ts'
import { bytesOf } from '#core/value.ts'
import { ACTION_TYPES, PARAMETERS } from '../../steps/action-plan/parameters.ts'
import { MAX_PARALLEL } from '../../steps/action-plan/template.ts'
import { json } from '../openstack/json.ts'
import { graphOf } from './plan/graph.ts'
import type { NewPlan } from './plan/plans.ts'

export const MAX_ACTIONS = 500
/** An action's parameters travel through its job's data, which hold 256 KB. */
const MAX_PARAMETERS = 64 * 1024

const text = z.string().max(255).nullable().default(null)
const uuid = z.uuid().transform((given) => given.toLowerCase())

const indicator = z.strictObject({
  name: z.string().max(255),
  description: z.string().max(4096).default(''),
  unit: z.string().max(63).nullable().default(null),
  value: json.default(null),
})

const action = z.strictObject({
  uuid: uuid.optional(),
  action_type: z.enum(ACTION_TYPES),
  input_parameters: z.record(z.string(), json).default({}),
  parents: z.array(uuid).max(MAX_ACTIONS).default([]),
  description: z.string().max(4096).nullable().default(null),
})

export const newPlanBody = z.strictObject({
  name: text,
  audit_uuid: uuid.nullable().default(null),
  strategy_uuid: uuid.nullable().default(null),
  strategy_name: text,
  global_efficacy: z.array(indicator).max(20).default([]),
  efficacy_indicators: z.array(indicator).max(20).default([]),
  max_parallel: z.int().min(1).max(MAX_PARALLEL).default(10),
  actions: z.array(action).min(1).max(MAX_ACTIONS),
})

/** @throws RequestInvalidError with a pointer to each fault */
export function newPlan(given: unknown, project: string): NewPlan {
  const { actions, ...rest } = parse(newPlanBody, given ?? {}, 'the action plan')
  actions.forEach(checkParameters)
  const nodes = actions.map((known) => ({ ...known, uuid: known.uuid ?? randomUUID() }))
  const graph = graphOf(nodes)
  if (Array.isArray(graph)) throw invalidRequest('the action plan is not valid', graph)
  const plan = randomUUID()
  const created_at = timeAt(Date.now())
  const begun = { started: null, cancelled_by: null, created_at, updated_at: null }
  return {
    plan: { ...rest, uuid: plan, project, actions: nodes.length, ...begun },
    actions: nodes.map((node, index) => ({ ...node, plan, index, rank: graph.ranks[index]!, created_at })),
    graph,
  }
}

function checkParameters({ action_type, input_parameters: given }: z.infer<typeof action>, at: number): void {
  const pointer = `/actions/${at}/input_parameters`
  const refuse = (detail: string, path: PropertyKey[] = []): never => {
    const errors = [{ pointer: [pointer, ...path].join('/'), detail }]
    throw invalidRequest('the action plan is not valid', errors)
  }
  const { error } = PARAMETERS[action_type].safeParse(given)
  const [issue] = error?.issues ?? []
  if (issue) refuse(issue.message, issue.path)
  const bytes = bytesOf(JSON.stringify(given))
  if (bytes > MAX_PARAMETERS) refuse(`have ${bytes} bytes, at most ${MAX_PARAMETERS} are taken`)
}
