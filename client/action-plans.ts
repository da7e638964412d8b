import type { FaultView } from '#core/api/parts.ts'
import type { State } from '#core/states.ts'
import type { Http, CallOptions as Options } from './http.ts'

/** In Watcher's words; times are RFC 3339. */
export type ActionPlan = {
  uuid: string
  name: string | null
  state: State | 'RECOMMENDED'
  strategy_name: string | null
  max_parallel: number
  /** The job that runs it. */
  job_execution_id: string | null
  created_at: string | null
  updated_at: string | null
} & Record<string, unknown>

export type Action = {
  uuid: string
  action_type: string
  input_parameters: Record<string, unknown>
  parents: string[]
  description: string | null
  state: State
  fault: FaultView | null
} & Record<string, unknown>

export type NewAction = {
  action_type: string
  uuid?: string
  input_parameters?: Record<string, unknown>
  parents?: string[]
}
export type NewActionPlan = { name?: string; max_parallel?: number; actions: NewAction[] }

type Plans = { action_plans: ActionPlan[]; next?: string }
type Actions = { actions: Action[]; next?: string }

const pathOf = (uuid: string): string => `/action-plans/${encodeURIComponent(uuid)}`

/** Only where the stack has the template `action-plan`. */
export const actionPlanCalls = (http: Http) => ({
  list: async (options?: Options): Promise<ActionPlan[]> => {
    const found: ActionPlan[] = []
    for (;;) {
      const page = await http.get<Plans>('/action-plans', { marker: found.at(-1)?.uuid }, options)
      found.push(...page.action_plans)
      if (!page.next || page.action_plans.length === 0) return found
    }
  },
  get: (uuid: string, options?: Options) => http.get<ActionPlan>(pathOf(uuid), {}, options),
  actions: async (uuid: string, options?: Options): Promise<Action[]> => {
    const found: Action[] = []
    for (;;) {
      const query = { marker: found.at(-1)?.uuid }
      const page = await http.get<Actions>(`${pathOf(uuid)}/actions`, query, options)
      found.push(...page.actions)
      if (!page.next || page.actions.length === 0) return found
    }
  },
  create: async (body: NewActionPlan, { signal }: Options = {}) =>
    (await http.send<ActionPlan>('POST', '/action-plans', { body, signal })).body,
  start: async (uuid: string, { signal }: Options = {}) =>
    (await http.send<ActionPlan>('POST', `${pathOf(uuid)}/start`, { signal })).body,
  /** One that runs ends its actions first; one that was never started is cancelled at once. */
  cancel: async (uuid: string, { signal }: Options = {}) => {
    const body = [{ op: 'replace', path: '/state', value: 'CANCELLED' }]
    return (await http.send<ActionPlan>('PATCH', pathOf(uuid), { body, signal, repeatable: true })).body
  },
  remove: async (uuid: string, { signal }: Options = {}): Promise<void> => {
    await http.send('DELETE', pathOf(uuid), { signal })
  },
})
