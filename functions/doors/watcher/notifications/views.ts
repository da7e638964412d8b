import type { Fault } from '#core/job/job.ts'
import type { State } from '#core/states.ts'
import type { Action, Plan } from '../plan/plan.ts'
import type { ActionNotification, PlanNotification } from './schemas.ts'

type PlanData = PlanNotification['payload']['watcher_object.data']
type ActionData = ActionNotification['payload']['watcher_object.data']

/** What a message can do without; it is asked for by the uuid then. */
export type Large = 'global_efficacy' | 'input_parameters'

/** What is told of a plan or an action: as it was right after the change, at `at`. */
export type Told = { state: State; fault: Fault | null; at: string; without: readonly Large[] }
export type ToldPlan = Told & { plan: Plan }
export type ToldAction = ToldPlan & { action: Action; planState: State }

/** `2026-11-26T10:00:00Z`. */
const seconds = (time: string): string => `${time.slice(0, 19)}Z`
const orNull = (time: string | null): string | null => (time === null ? null : seconds(time))

const wrapped = <Name extends string, Data>(name: Name, data: Data) => ({
  'watcher_object.namespace': 'watcher' as const,
  'watcher_object.name': name,
  'watcher_object.version': '1.0' as const,
  'watcher_object.data': data,
})

export const payload = wrapped

export const planData = ({ plan, state, fault, at, without }: ToldPlan): PlanData => ({
  uuid: plan.uuid,
  state,
  audit_uuid: plan.audit_uuid,
  audit: plan.audit_uuid === null ? null : auditOf(plan, plan.audit_uuid),
  strategy_uuid: plan.strategy_uuid,
  strategy: plan.strategy_uuid === null && plan.strategy_name === null ? null : strategyOf(plan),
  global_efficacy: efficacyOf(plan, without),
  fault: faultOf(fault),
  status_message: without.length === 0 ? null : leftOut(without, `action_plans/${plan.uuid}`),
  created_at: seconds(plan.created_at),
  updated_at: seconds(at),
  deleted_at: null,
})

export const actionData = (told: ToldAction): ActionData => {
  const { action, state, fault, at, without } = told
  return {
    uuid: action.uuid,
    state,
    action_type: action.action_type,
    input_parameters: without.includes('input_parameters') ? {} : action.input_parameters,
    parents: action.parents,
    action_plan: tersePlan(told),
    fault: faultOf(fault),
    status_message: without.includes('input_parameters')
      ? leftOut(['input_parameters'], `actions/${action.uuid}`)
      : null,
    created_at: seconds(action.created_at),
    updated_at: seconds(at),
    deleted_at: null,
  }
}

function tersePlan({ plan, planState, without }: ToldAction): ActionData['action_plan'] {
  const isCut = without.includes('global_efficacy')
  return wrapped('TerseActionPlanPayload', {
    uuid: plan.uuid,
    state: planState,
    audit_uuid: plan.audit_uuid,
    strategy_uuid: plan.strategy_uuid,
    global_efficacy: efficacyOf(plan, without),
    status_message: isCut ? leftOut(['global_efficacy'], `action_plans/${plan.uuid}`) : null,
    created_at: seconds(plan.created_at),
    updated_at: orNull(plan.updated_at),
    deleted_at: null,
  })
}

const leftOut = (without: readonly Large[], path: string): string =>
  `${without.join(', ')} left out, as too large for an event: ask for GET /infra-optim/v1/${path}`

const efficacyOf = ({ global_efficacy }: Plan, without: readonly Large[]): PlanData['global_efficacy'] =>
  without.includes('global_efficacy') ? [] : global_efficacy

const faultOf = (fault: Fault | null): PlanData['fault'] =>
  fault &&
  wrapped('ExceptionPayload', {
    exception: fault.exception,
    exception_message: fault.exception_message,
    module_name: fault.module_name,
    function_name: fault.function_name,
  })

const NO_TIMES = { created_at: null, updated_at: null, deleted_at: null }

/** Which audit recommended the plan is all that is known of it. */
const auditOf = ({ strategy_uuid }: Plan, uuid: string): PlanData['audit'] =>
  wrapped('TerseAuditPayload', {
    uuid,
    audit_type: '',
    state: '',
    goal_uuid: null,
    strategy_uuid,
    parameters: {},
    interval: null,
    scope: [],
    status_message: null,
    ...NO_TIMES,
  })

const strategyOf = ({ strategy_uuid: uuid, strategy_name }: Plan): PlanData['strategy'] =>
  wrapped('StrategyPayload', {
    uuid,
    name: strategy_name ?? '',
    display_name: strategy_name ?? '',
    parameters_spec: {},
    ...NO_TIMES,
  })
