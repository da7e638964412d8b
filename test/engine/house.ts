import { randomUUID } from 'node:crypto'
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import type { Context } from 'aws-lambda'
import type { Deps } from '#aws/deps.ts'
import { createStore } from '#aws/table/store.ts'
import type { AbortMode, ExecutionEnd, Job } from '#core/job/job.ts'
import type { StepPayload, Template, TemplateStep } from '#core/template.ts'
import { type AbortCommand, abortJob } from '#engine/jobs/abort.ts'
import { executeJob } from '#engine/jobs/execute.ts'
import { drain } from '#engine/stand-down/drain.ts'
import { type CleanUpCall, nextCleanUps, settleJob } from '#engine/stand-down/next-hooks.ts'
import type { StandDownInput } from '#engine/stand-down/start.ts'
import type { StepHandler } from '#sdk/define-step.ts'
import type { StepDeps } from '#sdk/deps.ts'
import { TABLE } from '../aws/table.ts'
import { type FakeExecutions, fakeExecutions } from './fake-executions.ts'

const MACHINE = 'arn:aws:states:us-east-1:000000000000:stateMachine:demo'
const STAND_DOWN = 'arn:aws:states:us-east-1:000000000000:stateMachine:stand-down'

export type House = {
  deps: Deps
  stepDeps: () => StepDeps
  executions: FakeExecutions
  template: Template
  start(input?: unknown): Promise<Job>
  abort(job: Job, mode: AbortMode, more?: Partial<AbortCommand>): ReturnType<typeof abortJob>
  payload(job: Job, step: string, index?: number): StepPayload
  /** The stand-down's workflow from drain to settle, as its state machine runs it. */
  standDown(job: Job, handlers: Record<string, StepHandler>): Promise<Job>
}

export const step = (name: string, order: number, more: Partial<TemplateStep> = {}): TemplateStep => ({
  name,
  order,
  abortable: 'checkpoint',
  irreversible: null,
  function_arn: `arn:aws:lambda:us-east-1:000000000000:function:${name}`,
  mapped: false,
  ...more,
})

export const lambdaContext = (remainingMs = 60_000): Context =>
  ({ getRemainingTimeInMillis: () => remainingMs, functionName: 'f', awsRequestId: randomUUID() }) as Context

/** The use cases over the emulator's table, with a look every 20 ms and a lease that outlasts a slow machine. */
export function openHouse(
  client: DynamoDBClient,
  steps: TemplateStep[],
  timing = { leaseMs: 10_000 },
): House {
  const executions = fakeExecutions()
  const store = createStore({ client, tableName: TABLE, retentionDays: 1 })
  const template: Template = {
    ...{ name: 'demo', description: '', state_machine_arn: MACHINE, input_schema: null },
    ...{ abort_modes: ['graceful', 'force'], steps },
  }
  const templates = { names: () => ['demo'], byName: async () => template, ofJob: async () => template }
  const deps: Deps = { store, executions, templates, client, tableName: TABLE, standDownArn: STAND_DOWN }
  const house: House = {
    ...{ deps, executions, template },
    stepDeps: () => ({ store, executions, leaseMs: timing.leaseMs, periodMs: 20 }),
    start: (input = {}) =>
      executeJob(deps, { template, input, tenant_id: 'default', created_by: 'me', idempotency_key: null }),
    abort: (job, mode, more = {}) =>
      abortJob(deps, {
        ...{ job_execution_id: job.job_execution_id, mode, reason: null, requested_by: 'someone' },
        ...{ force_after_seconds: null, rollback: false },
        ...more,
      }),
    payload: (job, name, index) => payloadOf(job, steps.find((known) => known.name === name)!, index),
    standDown: (job, handlers) => standDown(house, job, handlers),
  }
  return house
}

const payloadOf = (job: Job, { name, order, abortable }: TemplateStep, index?: number): StepPayload => ({
  standdown: {
    ...{ template: 'demo', step: name, order, abortable },
    ...{ job_execution_id: job.job_execution_id, execution_arn: job.execution_arn },
    ...(index === undefined ? {} : { index }),
  },
  input: {},
})

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))

export async function endOf(house: House, job: Job): Promise<ExecutionEnd> {
  const found = await house.executions.describe(job.execution_arn)
  return found?.end ?? { status: 'NOT_STARTED', error: null, cause: null }
}

async function standDown(house: House, job: Job, handlers: Record<string, StepHandler>): Promise<Job> {
  const input: StandDownInput = { job_execution_id: job.job_execution_id, end: await endOf(house, job) }
  while ((await drain(house.deps, input)).running > 0) await pause(10)
  await cleanUp(house, input, handlers)
  return settleJob(house.deps, input)
}

/** The Map over the hooks, with its Retry of a busy step and its Catch. */
export async function cleanUp(house: House, input: StandDownInput, handlers: Record<string, StepHandler>) {
  let results: CleanUpCall[] = []
  for (;;) {
    const { calls } = await nextCleanUps(house.deps, { ...input, results })
    if (calls.length === 0) return
    results = await Promise.all(calls.map((call) => runCall(call, handlers)))
  }
}

async function runCall(call: CleanUpCall, handlers: Record<string, StepHandler>): Promise<CleanUpCall> {
  const handler = handlers[call.payload.standdown.key.name]!
  for (;;) {
    try {
      await handler(call.payload, lambdaContext())
      return call
    } catch (error) {
      const { name, message } = error as Error
      if (name !== 'StepBusy')
        return { ...call, error: { Error: name, Cause: JSON.stringify({ errorMessage: message }) } }
      await pause(10)
    }
  }
}
