import type { Action, Plan } from '#functions/doors/watcher/plan/plan.ts'

export const PLAN: Plan = {
  uuid: '76be87bd-3422-43f9-93a0-e85a577e3061',
  project: 'demo',
  name: 'consolidate rack 4',
  audit_uuid: '10a47dd1-4874-4298-91cf-eff046dbdb8d',
  strategy_uuid: 'cb3d0b58-4415-4d90-b75b-1e96878730e3',
  strategy_name: 'server_consolidation',
  global_efficacy: [
    { name: 'released_nodes_ratio', description: 'nodes that can be switched off', unit: '%', value: 25 },
  ],
  efficacy_indicators: [],
  max_parallel: 10,
  actions: 1,
  started: {
    job_id: 'j',
    caller: 'openstack:user/ann',
    idempotency_key: 'k',
    at: '2026-01-31T08:59:00.000Z',
  },
  cancelled_by: null,
  created_at: '2026-01-31T08:58:00.000Z',
  updated_at: '2026-01-31T08:59:00.000Z',
}

export const ACTION: Action = {
  uuid: 'f1b7bd5c-1d3b-4f0c-9a6e-6c7b3b5a1a01',
  plan: PLAN.uuid,
  index: 0,
  rank: 1,
  action_type: 'nop',
  input_parameters: { message: 'moves a server' },
  parents: ['0b5c7f2e-88a4-4a5d-8c0e-5a3c1c2d9b10'],
  description: null,
  created_at: PLAN.created_at,
}
