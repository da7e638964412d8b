import type { Step } from '#core/step/step.ts'
import { linksOf, openStackTime } from '../openstack/links.ts'
import type { ActionView, PlanView } from './answers.ts'
import { type Action, actionState, type CurrentPlan } from './plan/plan.ts'

export const viewPlan = ({ plan, state, updated_at }: CurrentPlan, door: string): PlanView => ({
  uuid: plan.uuid,
  name: plan.name,
  audit_uuid: plan.audit_uuid,
  strategy_uuid: plan.strategy_uuid,
  strategy_name: plan.strategy_name,
  state,
  efficacy_indicators: plan.efficacy_indicators,
  global_efficacy: plan.global_efficacy,
  hostname: null,
  max_parallel: plan.max_parallel,
  job_execution_id: plan.started?.job_id ?? null,
  created_at: openStackTime(plan.created_at),
  updated_at: updated_at && openStackTime(updated_at),
  deleted_at: null,
  links: linksOf(door, `action_plans/${plan.uuid}`),
})

/** What is to be told of an action as it is now. */
export type CurrentAction = { action: Action; current: CurrentPlan; step: Step | undefined }

export const stateOf = ({ step, current }: CurrentAction) => actionState(step, current.state)

export const viewAction = (told: CurrentAction, door: string): ActionView => ({
  uuid: told.action.uuid,
  action_plan_uuid: told.action.plan,
  action_type: told.action.action_type,
  input_parameters: told.action.input_parameters,
  parents: told.action.parents,
  description: told.action.description,
  state: stateOf(told),
  // That of its work; one that failed by its clean-up has that one's alone.
  fault: told.step?.fault ?? told.step?.clean_up?.fault ?? null,
  created_at: openStackTime(told.action.created_at),
  updated_at: told.step ? openStackTime(told.step.updated_at) : null,
  deleted_at: null,
  links: linksOf(door, `actions/${told.action.uuid}`),
})
