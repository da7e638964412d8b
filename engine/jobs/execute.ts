import { IdempotencyConflictError } from '#core/errors.ts'
import { executionArnOf, type Job, stateMachineArnOf } from '#core/job/job.ts'
import type { Template } from '#core/template.ts'
import { canonicalJson } from '#core/text/canonical-json.ts'
import { timeAt } from '#core/time.ts'
import { jsonText } from '#core/value.ts'
import { nameBasedId } from '../name-based-id.ts'
import type { Needs } from '../ports.ts'
import { putInput } from '../values/input.ts'
import { readText, readValue } from '../values/read.ts'
import { stopIfIdleOrOver } from './stop-if-idle.ts'

type Starting = Needs<'jobs' | 'steps' | 'values' | 'executions' | 'clock'>

export type ExecuteCommand = {
  template: Template
  input: unknown
  tenant_id: string
  created_by: string
  idempotency_key: string | null
  /** Whose key it is, where that is more than the one who starts this job. @default created_by */
  key_owner?: string
}

/** The id of the job that such a key names: one caller's key names one job, for as long as the job is kept. */
export const executedId = ({
  idempotency_key,
  created_by,
  key_owner = created_by,
}: Pick<ExecuteCommand, 'created_by' | 'key_owner'> & { idempotency_key: string }): string =>
  nameBasedId(`${key_owner}\n${idempotency_key}`)

/**
 * Writes the job, then starts its execution under the job's id. Nothing accepted is lost: a job whose
 * start did not go through is started by the sweeper, and the log says why.
 *
 * @throws IdempotencyConflictError when the key was used for another request, ValueNotKept
 */
export async function executeJob(
  ports: Starting & Needs<'ids' | 'log'>,
  command: ExecuteCommand,
): Promise<Job> {
  const { template, input, tenant_id, created_by, idempotency_key } = command
  const job_execution_id =
    idempotency_key === null ? ports.ids.random() : executedId({ ...command, idempotency_key })
  const text = jsonText(input, { what: 'the input' })
  const created_at = timeAt(ports.clock.now())
  const job = {
    job_execution_id,
    execution_arn: executionArnOf(template.state_machine_arn, job_execution_id),
    execution_started_at: null,
    template: template.name,
    input: await putInput(ports, job_execution_id, text),
    tenant_id,
    created_by,
    created_at,
    ...(template.attached && { attached: template.attached }),
  }
  const outcome = await ports.jobs.apply(job_execution_id, { type: 'create', at: created_at, job })
  if (outcome.kind === 'refused') throw new Error(`the job ${job_execution_id} could not be written`)
  if (outcome.kind === 'same') return repeated(ports, outcome.item, command)
  // A refusal now would be untrue: the job is written, and will run.
  return startJob(ports, outcome.item).catch((error: Error) => {
    ports.log.warn('the execution could not be started yet: the sweeper will', error)
    return outcome.item
  })
}

async function repeated(ports: Starting, job: Job, command: ExecuteCommand): Promise<Job> {
  const { template, input, tenant_id, idempotency_key } = command
  const same = job.template === template.name && job.tenant_id === tenant_id
  const known = same && (await readValue(ports, job.job_execution_id, job.input))
  if (same && canonicalJson(known) === canonicalJson(input)) return job
  throw new IdempotencyConflictError(
    `the Idempotency-Key ${idempotency_key} belongs to the job ${job.job_execution_id} with another template, tenant or input: use a new key`,
  )
}

/** Starts the job's execution, and stops it again when an abort came between. */
export async function startJob(ports: Starting, job: Job): Promise<Job> {
  const input = await readText(ports, job.job_execution_id, job.input)
  await ports.executions.start(stateMachineArnOf(job.execution_arn), job.job_execution_id, input)
  const current = (await ports.jobs.get(job.job_execution_id)) ?? job
  await stopIfIdleOrOver(ports, current)
  return current
}
