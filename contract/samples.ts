import type {
  AbortJobAnswer,
  AbortPlan,
  DefinitionView,
  JobView,
  ListedJob,
  StepView,
  TemplateView,
} from '#core/api/answers.ts'
import type { AbortRequestView } from '#core/api/parts.ts'

export const ID = '0b7c1f7e-3f3d-4a6e-9c7e-2f9a4e2a5b10'
const MACHINE = 'arn:aws:states:us-east-1:111122223333:stateMachine:standdown-object-migration'
export const OPERATOR = 'arn:aws:sts::111122223333:assumed-role/Operations/ada'

export const ABORT_REQUEST: AbortRequestView = {
  mode: 'graceful',
  reason: 'wrong bucket',
  requested_by: OPERATOR,
  requested_at: '2026-01-31T09:00:20.000Z',
  force_at: '2026-01-31T09:05:20.000Z',
  rollback: false,
  escalations: [],
}

const INPUT = { source: { bucket: 'photos' }, destination: { bucket: 'photos-archive' } }

export const STEP: StepView = {
  name: 'copy-objects',
  index: 3,
  order: 2,
  state: 'CANCELLING',
  abortable: 'checkpoint',
  attempt: 1,
  started_at: '2026-01-31T09:00:04.000Z',
  ended_at: null,
  progress: {
    done: 52_428_800,
    total: 104_857_600,
    unit: 'bytes',
    also: { done: 50, total: 100, unit: 'objects' },
  },
  checkpoint_at: '2026-01-31T09:00:19.000Z',
  lease_until: '2026-01-31T09:00:49.000Z',
  fault: null,
  cleaned_up: false,
  clean_up_fault: null,
  not_responding_since: null,
  awaited_until: null,
}

export const LISTED: ListedJob = {
  job_execution_id: ID,
  template: 'object-migration',
  tenant_id: 'default',
  state: 'CANCELLING',
  execution_arn: `${MACHINE.replace(':stateMachine:', ':execution:')}:${ID}`,
  execution_started_at: '2026-01-31T09:00:01.000Z',
  created_at: '2026-01-31T09:00:00.000Z',
  created_by: OPERATOR,
  started_at: '2026-01-31T09:00:02.000Z',
  ended_at: null,
  updated_at: '2026-01-31T09:00:20.000Z',
  version: 3,
  input: INPUT,
  abort_request: ABORT_REQUEST,
  supported_abort_modes: [
    { mode: 'graceful', supported: false, reason: 'the job is CANCELLING already (graceful)' },
    { mode: 'force', supported: true, reason: null },
  ],
  fault: null,
  left_behind: [],
  not_undone: [],
  clean_up: null,
  execution_end: null,
}

export const JOB: JobView = {
  ...LISTED,
  progress: STEP.progress,
  step_counts: { PENDING: 0, ONGOING: 0, CANCELLING: 1, CANCELLED: 0, SUCCEEDED: 0, FAILED: 0 },
  more_steps: false,
  steps: [STEP],
}

export const ABORTED: AbortJobAnswer = {
  job_execution_id: ID,
  state: 'CANCELLING',
  abort_request: ABORT_REQUEST,
  not_taken: [],
}

export const PLAN: AbortPlan = {
  job_execution_id: ID,
  mode: 'graceful',
  rollback: false,
  steps: [
    { name: 'list-objects', index: null, state: 'SUCCEEDED', actions: ['stays'] },
    { name: 'copy-objects', index: 3, state: 'ONGOING', actions: ['stop_at_checkpoint', 'clean_up'] },
    { name: 'delete-source', index: null, state: 'PENDING', actions: ['never_starts'] },
  ],
  cannot_be_undone: [],
  not_taken: [],
}

const STATES: TemplateView['definition'] = {
  StartAt: 'list-objects',
  States: {
    'list-objects': { Type: 'Task', Next: 'Standdown commit', step: 'list-objects' },
    'Standdown commit': { Type: 'Task', End: true, added: true },
  },
}

export const DEFINITION: DefinitionView = {
  job_execution_id: ID,
  source: 'execution',
  state_machine_arn: MACHINE,
  definition: STATES,
}

export const TEMPLATE: TemplateView = {
  name: 'object-migration',
  description: 'Moves objects between stores',
  state_machine_arn: MACHINE,
  input_schema: { type: 'object', properties: { source: { type: 'object' } } },
  abort_modes: ['graceful', 'force'],
  steps: [
    {
      name: 'list-objects',
      order: 1,
      abortable: 'checkpoint',
      irreversible: null,
      hooks: ['abort'],
      clean_up_after: 'lease',
      mapped: false,
    },
  ],
  definition: STATES,
}

export const { definition: _states, ...LISTED_TEMPLATE } = TEMPLATE

/** Of a node and a plan by our own words. */
export const NODE = {
  uuid: '5b5e1d6a-70f4-4d3a-9d1c-0a8f9f2d9a01',
  name: 'rack1-u07',
  driver: 'fake-hardware',
  driver_info: { fake_soft_power_off_delay: 60 },
  properties: {},
  extra: {},
  resource_class: null,
  description: null,
  owner: null,
  instance_uuid: null,
  provision_state: 'available',
  target_provision_state: null,
  provision_updated_at: null,
  maintenance: false,
  maintenance_reason: null,
  reservation: null,
  console_enabled: false,
  last_error: null,
  power_state: 'power on',
  target_power_state: 'soft power off',
  supported_power_states: ['power on', 'power off', 'soft power off', 'abort soft power off'],
  job_execution_id: ID,
  created_at: '2026-01-31T09:00:00+00:00',
  updated_at: null,
  links: [
    { rel: 'self', href: 'https://api.example.com/baremetal/v1/nodes/5b5e1d6a-70f4-4d3a-9d1c-0a8f9f2d9a01' },
  ],
}
