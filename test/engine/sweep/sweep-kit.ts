import { executionArnOf, type Job } from '#core/job/job.ts'
import type { StepCall, Template } from '#core/template.ts'
import { abortJob } from '#engine/jobs/abort.ts'
import { admitJob } from '#engine/jobs/admit.ts'
import { executeJob } from '#engine/jobs/execute.ts'
import { ManualClock } from '#engine/memory/clock.ts'
import { type MemoryPorts, memoryPorts } from '#engine/memory/ports.ts'
import type { StandDownInput } from '#engine/ports.ts'
import { drain } from '#engine/stand-down/drain.ts'
import { settleJob } from '#engine/stand-down/settle.ts'
import { NO_STATES } from '#test/core/template-samples.ts'
import { STAND_DOWN, step } from '../house.ts'

export const MACHINE = 'arn:aws:states:us-east-1:000000000000:stateMachine:demo'
export const MINUTE_MS = 60_000

export const DEMO: Template = {
  name: 'demo',
  description: '',
  state_machine_arn: MACHINE,
  input_schema: null,
  abort_modes: ['graceful', 'force'],
  definition: NO_STATES,
  steps: [step('copy', 1)],
}

export type Field = MemoryPorts & { clock: ManualClock }

/** The use cases in memory, with a clock that stands still. */
export function openField(templates = [DEMO]): Field {
  const clock = new ManualClock()
  return { ...memoryPorts({ templates, standDownArn: STAND_DOWN, clock }), clock }
}

export const accept = (field: Field, template = DEMO): Promise<Job> =>
  executeJob(field, { template, input: {}, tenant_id: 'default', created_by: 'me', idempotency_key: null })

export const lifeOfJob = (field: Field, job: Job) => ({
  execution_arn: job.execution_arn,
  execution_started_at: field.executions.all.get(job.execution_arn)?.started_at ?? '',
})

/** The first claim of a step has come: the job is ONGOING. */
export async function begin(field: Field, job: Job): Promise<Job> {
  const { job_execution_id, template } = job
  const { item } = await admitJob(field, { job_execution_id, template, ...lifeOfJob(field, job) })
  return item!
}

export const started = async (field: Field): Promise<Job> => begin(field, await accept(field))

/** What the state machine gives the step. */
export const callOf = (field: Field, job: Job): StepCall => ({
  ...lifeOfJob(field, job),
  job_execution_id: job.job_execution_id,
  template: job.template,
  step: 'copy',
  order: 1,
  abortable: 'checkpoint',
})

export async function abort(field: Field, job: Job, more: { force_after_seconds?: number } = {}) {
  const { job_execution_id } = job
  const mode = more.force_after_seconds === undefined ? ('force' as const) : ('graceful' as const)
  const command = { job_execution_id, mode, reason: null, requested_by: 'someone', rollback: false }
  await (await abortJob(field, { force_after_seconds: null, ...command, ...more })).stopping
}

export const reread = async ({ jobs }: Field, job: Job): Promise<Job> =>
  (await jobs.get(job.job_execution_id))!

/** The names of the stand-downs that were started, the ended ones too. */
export const standDownsOf = ({ executions }: Field, job?: Job): string[] => {
  const prefix = executionArnOf(STAND_DOWN, job ? `${job.job_execution_id}-` : '')
  return [...executions.all].filter(([arn]) => arn.startsWith(prefix)).map(([, { name }]) => name)
}

/** Every stand-down that runs, from drain to settle, for jobs whose steps need no hook. */
export async function runStandDowns(field: Field): Promise<void> {
  const prefix = executionArnOf(STAND_DOWN, '')
  for (const [arn, { status, input }] of [...field.executions.all]) {
    if (!arn.startsWith(prefix) || status !== 'RUNNING') continue
    const standDown = JSON.parse(input) as StandDownInput
    await drain(field, standDown)
    await settleJob(field, standDown)
    field.executions.end(arn, 'SUCCEEDED')
  }
}
