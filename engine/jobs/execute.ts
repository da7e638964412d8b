import { randomUUID } from 'node:crypto'
import type { Deps } from '#aws/deps.ts'
import { IdempotencyConflictError } from '#core/errors.ts'
import { executionArnOf, type Job } from '#core/job/job.ts'
import { isTerminal } from '#core/states.ts'
import type { Template } from '#core/template.ts'
import { canonicalJson } from '#core/text/canonical-json.ts'
import { nameBasedId } from '../name-based-id.ts'
import { now } from '../now.ts'
import { stopIfIdle } from './stop-if-idle.ts'

export type ExecuteCommand = {
  template: Template
  input: unknown
  tenant_id: string
  created_by: string
  idempotency_key: string | null
}

/** One caller's key names one job, for as long as the job is kept. */
const jobIdOf = ({ created_by, idempotency_key }: ExecuteCommand): string =>
  idempotency_key === null ? randomUUID() : nameBasedId(`${created_by}\n${idempotency_key}`)

/**
 * Writes the job, then starts its execution under the job's id. Nothing accepted is lost: a job whose
 * start did not go through is started by the sweeper, and `unstarted` is told why.
 *
 * @throws IdempotencyConflictError when the key was used for another request
 */
export async function executeJob(
  deps: Deps,
  command: ExecuteCommand,
  unstarted: (error: Error) => void = () => undefined,
): Promise<Job> {
  const { template, input, tenant_id, created_by } = command
  const job_execution_id = jobIdOf(command)
  const execution_arn = executionArnOf(template.state_machine_arn, job_execution_id)
  const created_at = now()
  const job = {
    job_execution_id,
    execution_arn,
    template: template.name,
    input,
    tenant_id,
    created_by,
    created_at,
  }
  const outcome = await deps.store.applyJob(job_execution_id, { type: 'create', at: created_at, job })
  if (outcome.kind === 'refused') throw new Error(`the job ${job_execution_id} could not be written`)
  if (outcome.kind === 'same') return repeated(outcome.item, command)
  // A refusal now would be untrue: the job is written, and will run.
  return startJob(deps, outcome.item).catch((error: Error) => {
    unstarted(error)
    return outcome.item
  })
}

function repeated(job: Job, { template, input, tenant_id, idempotency_key }: ExecuteCommand): Job {
  const same = job.template === template.name && job.tenant_id === tenant_id
  const alike = same && canonicalJson(job.input) === canonicalJson(input)
  if (alike) return job
  throw new IdempotencyConflictError(
    `the Idempotency-Key ${idempotency_key} belongs to the job ${job.job_execution_id} with another template, tenant or input: use a new key`,
  )
}

/** Starts the job's execution, and stops it again when an abort came between. */
export async function startJob(deps: Deps, job: Job): Promise<Job> {
  const machine = job.execution_arn.split(':').slice(0, -1).join(':').replace(':execution:', ':stateMachine:')
  await deps.executions.start(machine, job.job_execution_id, job.input)
  const current = (await deps.store.getJob(job.job_execution_id)) ?? job
  if (isTerminal(current.state) && current.state !== 'SUCCEEDED') await deps.executions.stop(current)
  else await stopIfIdle(deps, current)
  return current
}
