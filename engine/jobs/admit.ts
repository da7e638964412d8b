import type { Job } from '#core/job/job.ts'
import { EXTERNAL, nextJob } from '#core/job/reducer.ts'
import type { StepCall } from '#core/template.ts'
import { timeAt } from '#core/time.ts'
import type { JobOutcome, Needs } from '../ports.ts'

type Admitting = Needs<'jobs' | 'executions' | 'clock'>
export type ExecutionOfJob = Pick<StepCall, 'job_execution_id' | 'execution_arn' | 'template'>

/** The job's id is taken by an execution of another state machine. */
export class JobIdTakenError extends Error {
  override readonly name = 'JobIdTakenError'
}

/** May the job's steps run? Reads strongly; the first claim moves the job to ONGOING, or adopts it. */
export async function admitJob(ports: Admitting, execution: ExecutionOfJob): Promise<JobOutcome> {
  const begin = { type: 'begin' as const, at: timeAt(ports.clock.now()) }
  const { job_execution_id, execution_arn } = execution
  const job = (await ports.jobs.get(job_execution_id)) ?? (await adopt(ports, execution))
  if (job.execution_arn !== execution_arn) {
    throw new JobIdTakenError(
      `the job id ${job_execution_id} belongs to ${job.execution_arn}: start ${execution_arn} anew under another name`,
    )
  }
  const outcome = nextJob(job, begin)
  // Read strongly after the claim was written: that decides, another read would only cost time.
  if (outcome.kind !== 'write') return outcome
  return ports.jobs.apply(job_execution_id, begin, job)
}

/** An execution started past the API, as in the AWS console, becomes a job by its first claim. */
async function adopt({ jobs, executions, clock }: Admitting, started: ExecutionOfJob): Promise<Job> {
  const { job_execution_id, execution_arn, template } = started
  const execution = await executions.describe(execution_arn)
  const created_at = execution?.started_at ?? timeAt(clock.now())
  const job = {
    job_execution_id,
    execution_arn,
    template,
    tenant_id: 'default',
    created_by: EXTERNAL,
    created_at,
    input: execution?.input ?? null,
  }
  const outcome = await jobs.apply(job_execution_id, { type: 'create', at: created_at, job })
  if (outcome.kind === 'refused') throw new Error(`the job ${job_execution_id} could not be adopted`)
  return outcome.item
}
