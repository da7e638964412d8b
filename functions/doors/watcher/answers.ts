import * as z from 'zod'
import { fault } from '#core/api/parts.ts'
import { STATES } from '#core/states.ts'
import { link, openStackTimeText } from '../openstack/answers.ts'

const text = z.string().nullable()
const times = {
  created_at: openStackTimeText,
  updated_at: openStackTimeText.nullable(),
  deleted_at: z.null(),
}

const indicator = z.strictObject({
  name: z.string(),
  description: z.string(),
  unit: text,
  value: z.unknown(),
})

/** `job_execution_id`: the job that runs it, for our own routes. */
export const planView = z.strictObject({
  uuid: z.string(),
  name: text,
  audit_uuid: text,
  strategy_uuid: text,
  strategy_name: text,
  state: z.enum(['RECOMMENDED', ...STATES]),
  efficacy_indicators: z.array(indicator),
  global_efficacy: z.array(indicator),
  hostname: z.null(),
  max_parallel: z.int(),
  job_execution_id: text,
  ...times,
  links: z.array(link),
})
export type PlanView = z.infer<typeof planView>
export const planList = z.strictObject({ action_plans: z.array(planView), next: z.string().optional() })

export const actionView = z.strictObject({
  uuid: z.string(),
  action_plan_uuid: z.string(),
  action_type: z.string(),
  input_parameters: z.record(z.string(), z.unknown()),
  parents: z.array(z.string()),
  description: text,
  state: z.enum(STATES),
  fault: fault.nullable(),
  ...times,
  links: z.array(link),
})
export type ActionView = z.infer<typeof actionView>
export const actionList = z.strictObject({ actions: z.array(actionView), next: z.string().optional() })
