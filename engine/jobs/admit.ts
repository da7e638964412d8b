import type { Executions } from '#aws/executions.ts'
import type { JobOutcome, Store } from '#aws/table/store.ts'
import type { Job } from '#core/job/job.ts'
import { EXTERNAL, nextJob } from '#core/job/reducer.ts'
import type { StepPayload } from '#core/template.ts'
import { now } from '../now.ts'

type Admitting = { store: Store; executions: Executions }
type Told = Pick<StepPayload['standdown'], 'job_execution_id' | 'execution_arn' | 'template'>

/** The job's id is taken by an execution of another state machine. */
export class JobIdTakenError extends Error {
  override readonly name = 'JobIdTakenError'
}

/** May the job's steps run? Reads strongly; the first claim moves the job to ONGOING, or adopts it. */
export async function admitJob(deps: Admitting, told: Told): Promise<JobOutcome> {
  const at = now()
  const job = (await deps.store.getJob(told.job_execution_id)) ?? (await adopt(deps, told))
  if (job.execution_arn !== told.execution_arn) {
    throw new JobIdTakenError(
      `the job id ${told.job_execution_id} belongs to ${job.execution_arn}: start ${told.execution_arn} anew under another name`,
    )
  }
  const begin = { type: 'begin' as const, at }
  const outcome = nextJob(job, begin)
  // Read strongly after the claim was written: that decides, another read would only cost time.
  if (outcome.kind !== 'write') return outcome
  return deps.store.applyJob(told.job_execution_id, begin, job)
}

/** An execution started past the API, as in the AWS console, becomes a job by its first claim. */
async function adopt(deps: Admitting, told: Told): Promise<Job> {
  const { job_execution_id, execution_arn, template } = told
  const execution = await deps.executions.describe(execution_arn)
  const created_at = execution?.started_at ?? now()
  const known = { job_execution_id, execution_arn, template, tenant_id: 'default', created_by: EXTERNAL }
  const job = { ...known, input: execution?.input ?? null, created_at }
  const outcome = await deps.store.applyJob(job_execution_id, { type: 'create', at: created_at, job })
  if (outcome.kind === 'refused') throw new Error(`the job ${job_execution_id} could not be adopted`)
  return outcome.item
}
