import type { Job } from '#core/job/job.ts'
import { isTerminal, type State } from '#core/states.ts'
import type { Step } from '#core/step/step.ts'

/** How a start was asked for: whoever asks again makes the same job of it. */
export type Start = { job_id: string; caller: string; idempotency_key: string; at: string }

/** What an optimization is worth, in the words of whoever recommends it. */
export type Indicator = { name: string; description: string; unit: string | null; value: unknown }

/** An action plan as it is kept, a record of its project, beside its actions. Times are RFC 3339 UTC. */
export type Plan = {
  uuid: string
  project: string
  name: string | null
  audit_uuid: string | null
  strategy_uuid: string | null
  strategy_name: string | null
  global_efficacy: Indicator[]
  efficacy_indicators: Indicator[]
  max_parallel: number
  /** How many it has. */
  actions: number
  started: Start | null
  /** Cancelled before there was a job. */
  cancelled_by: string | null
  created_at: string
  updated_at: string | null
}

/** `index`: its place in the plan; `rank`: the longest way to it, so that children have a higher one than parents. */
export type Action = {
  uuid: string
  plan: string
  index: number
  rank: number
  action_type: string
  input_parameters: Record<string, unknown>
  parents: string[]
  description: string | null
  created_at: string
}

export type PlanState = State | 'RECOMMENDED'

export const isEnded = (state: PlanState): boolean => state !== 'RECOMMENDED' && isTerminal(state)

/** What became of a plan is what became of its job; there is no second record of it. */
export type CurrentPlan = { plan: Plan; job: Job | undefined; state: PlanState; updated_at: string | null }

export function currentOf(plan: Plan, job: Job | undefined): CurrentPlan {
  if (job) return { plan, job, state: job.state, updated_at: job.updated_at }
  const { started, cancelled_by, updated_at } = plan
  const state = cancelled_by !== null ? 'CANCELLED' : started ? 'PENDING' : 'RECOMMENDED'
  return { plan, job, state, updated_at }
}

/** A job is kept so many days after its end; a plan no longer than its job. */
export const isGone = ({ started }: Plan, job: Job | undefined, { now, days }: Age): boolean =>
  started !== null && !job && now - Date.parse(started.at) > days * 86_400_000

type Age = { now: number; days: number }

/** What became of an action is what became of its step; one without never ran. */
export function actionState(step: Step | undefined, plan: PlanState): State {
  if (step) return step.state === 'ONGOING' && plan === 'CANCELLING' ? 'CANCELLING' : step.state
  return plan === 'RECOMMENDED' || plan === 'PENDING' || plan === 'ONGOING' ? 'PENDING' : 'CANCELLED'
}
