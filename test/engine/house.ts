import { setImmediate as turnOfTheEventLoop } from 'node:timers/promises'
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { randomIds, systemClock } from '#aws/system.ts'
import { TableJobIndex } from '#aws/table/job-index.ts'
import { TableJobs } from '#aws/table/jobs.ts'
import { TableNotifications } from '#aws/table/notifications.ts'
import { TableSteps } from '#aws/table/steps.ts'
import { TableSweepLease } from '#aws/table/sweep-lease.ts'
import type { AbortMode, ExecutionEnd, Job } from '#core/job/job.ts'
import type { StepCall, StepPayload, Template, TemplateStep } from '#core/template.ts'
import { type AbortCommand, abortJob } from '#engine/jobs/abort.ts'
import { executeJob } from '#engine/jobs/execute.ts'
import { ManualClock } from '#engine/memory/clock.ts'
import type { MemoryExecutions } from '#engine/memory/executions.ts'
import { type MemoryPorts, memoryPorts } from '#engine/memory/ports.ts'
import type { StandDownInput } from '#engine/ports.ts'
import type { Invocation, StepPorts } from '#engine/steps/ports.ts'
import type { InvokedHandler } from '#sdk/define-step.ts'
import * as testing from '#sdk/testing/stand-down.ts'
import { NO_STATES } from '#test/core/template-samples.ts'
import { TABLE } from '../aws/table.ts'

export { lambdaContext } from '#sdk/testing/lambda-context.ts'

const MACHINE = 'arn:aws:states:us-east-1:000000000000:stateMachine:demo'
export const STAND_DOWN = 'arn:aws:states:us-east-1:000000000000:stateMachine:stand-down'

export type House = {
  ports: MemoryPorts
  stepPorts: () => StepPorts
  executions: MemoryExecutions
  template: Template
  start(input?: unknown): Promise<Job>
  abort(job: Job, mode: AbortMode, more?: Partial<AbortCommand>): ReturnType<typeof abortJob>
  payload(job: Job, step: string, index?: number): StepPayload
  /** The stand-down's workflow from drain to settle, as its state machine runs it. */
  standDown(job: Job, handlers: Record<string, InvokedHandler>): Promise<Job>
}

export const step = (name: string, order: number, more: Partial<TemplateStep> = {}): TemplateStep => ({
  name,
  order,
  abortable: 'checkpoint',
  irreversible: null,
  clean_up_after: 'lease',
  function_arn: `arn:aws:lambda:us-east-1:000000000000:function:${name}`,
  mapped: false,
  ...more,
})

/** An invocation with a minute left. */
export const INVOCATION: Invocation = { remainingMs: 60_000, function_arn: null }

type Timing = { leaseMs: number }
type Known = { template: Template; ports: MemoryPorts; timing: Timing }

const templateOf = (steps: TemplateStep[]): Template => ({
  name: 'demo',
  description: '',
  state_machine_arn: MACHINE,
  input_schema: null,
  abort_modes: ['graceful', 'force'],
  definition: NO_STATES,
  steps,
})

/** The use cases over the emulator's table, with a look every 20 ms and a lease that outlasts a slow machine. */
export function openHouse(
  client: DynamoDBClient,
  steps: TemplateStep[],
  timing: Timing = { leaseMs: 10_000 },
): House {
  const template = templateOf(steps)
  const table = { client, tableName: TABLE, retentionDays: 1 }
  const ports: MemoryPorts = {
    ...memoryPorts({ templates: [template], standDownArn: STAND_DOWN, clock: systemClock }),
    jobs: new TableJobs(table),
    steps: new TableSteps(table),
    index: new TableJobIndex(table),
    notifications: new TableNotifications(table),
    sweepLease: new TableSweepLease(table),
    ids: randomIds,
  }
  return houseOver({ template, ports, timing })
}

export type MemoryHouse = House & { clock: ManualClock; pass(milliseconds: number): Promise<void> }

/** The use cases in one process; its clock stands still until the test moves it. */
export function openMemoryHouse(steps: TemplateStep[], timing: Timing = { leaseMs: 10_000 }): MemoryHouse {
  const template = templateOf(steps)
  const clock = new ManualClock()
  const ports = memoryPorts({ templates: [template], standDownArn: STAND_DOWN, clock })
  const house = houseOver({ template, ports, timing })
  return { ...house, clock, pass: (milliseconds) => passing(clock, milliseconds) }
}

/** Moves the clock in small steps, so that what falls due is done before the next. */
async function passing(clock: ManualClock, milliseconds: number): Promise<void> {
  const step = Math.max(milliseconds / 50, 1)
  for (let passed = 0; passed < milliseconds; passed += step) {
    clock.advance(step)
    await turnOfTheEventLoop()
  }
}

function houseOver({ template, ports, timing }: Known): House {
  const { steps } = template
  const house: House = {
    ports,
    executions: ports.executions,
    template,
    stepPorts: () => ({ ...ports, timing: { leaseMs: timing.leaseMs, lookMs: 20, writeMs: 20 } }),
    start: (input = {}) =>
      executeJob(ports, { template, input, tenant_id: 'default', created_by: 'me', idempotency_key: null }),
    abort: (job, mode, more = {}) =>
      abortJob(ports, {
        ...{ job_execution_id: job.job_execution_id, mode, reason: null, requested_by: 'someone' },
        ...{ force_after_seconds: null, rollback: false },
        ...more,
      }),
    payload: (job, name, index) => {
      const startedAt = ports.executions.all.get(job.execution_arn)?.started_at
      const call = callOf(job, steps.find((known) => known.name === name)!, startedAt)
      return { standdown: { ...call, ...(index === undefined ? {} : { index }) }, input: {} }
    },
    standDown: (job, handlers) => testing.standDown(ports, job, handlers),
  }
  return house
}

/** What the state machine gives a step: its place in the chain, and whose execution calls. */
const callOf = (job: Job, known: TemplateStep, startedAt = ''): StepCall => ({
  template: 'demo',
  step: known.name,
  order: known.order,
  abortable: known.abortable,
  clean_up_after: known.clean_up_after,
  ...(known.hooks ? { hooks: known.hooks } : {}),
  ...(known.irreversible ? { irreversible: known.irreversible } : {}),
  job_execution_id: job.job_execution_id,
  execution_arn: job.execution_arn,
  execution_started_at: startedAt,
})

export const endOf = (house: House, job: Job): Promise<ExecutionEnd> => testing.endOf(house.ports, job)

export const cleanUp = (
  house: House,
  input: StandDownInput,
  handlers: Record<string, InvokedHandler>,
): Promise<void> => testing.cleanUp(house.ports, input, handlers)
