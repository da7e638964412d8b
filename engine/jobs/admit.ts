import { JobIdTaken } from '#core/errors.ts'
import { callerOf } from '#core/job/caller.ts'
import type { Job } from '#core/job/job.ts'
import { EXTERNAL, nextJob } from '#core/job/reducer.ts'
import type { ExecutionLife } from '#core/step/step.ts'
import { timeAt } from '#core/time.ts'
import { bytesOf, MAX_VALUE_BYTES, NULL_TEXT } from '#core/value.ts'
import type { JobOutcome, Needs } from '../ports.ts'
import { putInput } from '../values/input.ts'
import { inheritedAbort, isHalted, parentOf } from './family.ts'

type Admitting = Needs<'jobs' | 'steps' | 'values' | 'executions' | 'clock'>

/** Who asks: an execution, for a step of it or for its commit. `resumes`: a step that goes on after its Lambda's time. */
export type Admission = ExecutionLife & {
  job_execution_id: string
  template: string
  resumes?: boolean
  /** Of a machine that is not ours. */
  attached?: true
}

/**
 * May the job's steps run? Reads strongly; the first claim moves the job to ONGOING, or adopts it.
 *
 * @throws JobIdTaken when the id belongs to another execution
 */
export async function admitJob(ports: Admitting, admission: Admission): Promise<JobOutcome> {
  const { job_execution_id, execution_arn, execution_started_at, resumes = false } = admission
  const execution = { execution_arn, execution_started_at }
  const begin = { type: 'begin' as const, at: timeAt(ports.clock.now()), execution, resumes }
  const job = (await ports.jobs.get(job_execution_id)) ?? (await adopt(ports, admission))
  const outcome = nextJob(job, begin)
  if (outcome.kind === 'refused' && outcome.reason === 'taken') throw taken(job, admission)
  // Read strongly after the claim was written: that decides, another read would only cost time.
  if (outcome.kind !== 'write') return outcome
  const begun = await ports.jobs.apply(job_execution_id, begin, job)
  if (begun.kind === 'refused' && begun.reason === 'taken') throw taken(begun.item ?? job, admission)
  return begun
}

export const taken = (job: Job, { execution_arn, execution_started_at }: ExecutionLife): JobIdTaken =>
  new JobIdTaken(
    `the job id ${job.job_execution_id} belongs to ${job.execution_arn}, accepted ${job.created_at}: ` +
      `start ${execution_arn} (${execution_started_at}) anew under another name`,
  )

/**
 * An execution started past the API, as in the AWS console, becomes a job by its first claim; one with more input
 * than is kept a job that fails of it.
 */
async function adopt(ports: Admitting, admission: Admission): Promise<Job> {
  const { jobs, executions, clock } = ports
  const { job_execution_id, execution_arn, execution_started_at, template, attached } = admission
  const execution = await executions.describe(execution_arn)
  const parent = await parentOf(ports, admission)
  const created_at = execution?.started_at ?? timeAt(clock.now())
  const given = execution?.input ?? NULL_TEXT
  const tooLarge = bytesOf(given) > MAX_VALUE_BYTES
  const job = {
    job_execution_id,
    execution_arn,
    execution_started_at,
    template,
    tenant_id: parent?.tenant_id ?? 'default',
    created_by: parent ? callerOf(parent) : EXTERNAL,
    created_at,
    input: await putInput(ports, job_execution_id, tooLarge ? NULL_TEXT : given),
    ...(attached && { attached }),
  }
  const outcome = await jobs.apply(job_execution_id, { type: 'create', at: created_at, job })
  if (outcome.kind === 'refused') throw new Error(`the job ${job_execution_id} could not be adopted`)
  if (tooLarge) return failOfInput(ports, outcome.item, bytesOf(given))
  return parent && isHalted(parent) ? abortAsParent(ports, parent, outcome.item) : outcome.item
}

/** Its parent is being aborted: it is so from the start. What is attached takes no graceful abort, and is waited for. */
async function abortAsParent({ jobs, clock }: Admitting, parent: Job, job: Job): Promise<Job> {
  const request = inheritedAbort(parent)
  if (job.attached && request.mode === 'graceful') return job
  const event = { type: 'abort' as const, at: timeAt(clock.now()), request }
  return (await jobs.apply(job.job_execution_id, event, job)).item ?? job
}

/** Closed, it starts no step; its execution is stopped, by the sweeper where that fails now, and settled as ever. */
async function failOfInput({ jobs, executions, clock }: Admitting, job: Job, bytes: number): Promise<Job> {
  const cause = `the input cannot be kept: it has ${bytes} bytes, at most ${MAX_VALUE_BYTES} are kept`
  const end = { status: 'FAILED' as const, error: 'ValueNotKept', cause }
  const at = timeAt(clock.now())
  const { item } = await jobs.apply(job.job_execution_id, { type: 'close', at, end }, job)
  await executions.stop(job).catch(() => undefined)
  return item ?? job
}
