import { createHash } from 'node:crypto'
import type { Deps } from '#aws/deps.ts'
import { type ExecutionEnd, executionArnOf, type Job } from '#core/job/job.ts'
import { now } from '../now.ts'

/** The input of the stand-down's state machine. */
export type StandDownInput = { job_execution_id: string; end: ExecutionEnd }

/** An execution's name has at most 80 characters. */
const MAX_ID = 65

const shortId = ({ job_execution_id: id }: Job): string =>
  id.length <= MAX_ID ? id : createHash('sha256').update(id).digest('hex')

const nameOf = (job: Job): string => `${shortId(job)}-${job.generation}`

/** Starts the job's stand-down; once: a second start of one generation finds the name taken. */
export async function startStandDown(deps: Deps, job: Job, end: ExecutionEnd): Promise<boolean> {
  const input: StandDownInput = { job_execution_id: job.job_execution_id, end }
  return deps.executions.start(deps.standDownArn, nameOf(job), input)
}

/** An ended job is not written any more, so that the minute tells one tidying from the next. */
export async function startTidying(deps: Deps, job: Job): Promise<void> {
  const end = job.closed?.end ?? { status: 'SUCCEEDED' as const, error: null, cause: null }
  const input: StandDownInput = { job_execution_id: job.job_execution_id, end }
  await deps.executions.start(deps.standDownArn, `${shortId(job)}-tidy-${minute()}`, input)
}

const minute = (): string => Math.floor(Date.now() / 60_000).toString(36)

/** Starts the stand-down, or a new generation of one that ended without settling the job. */
export async function ensureStandDown(deps: Deps, job: Job, end: ExecutionEnd): Promise<void> {
  if (await startStandDown(deps, job, end)) return
  const running = await deps.executions.describe(executionArnOf(deps.standDownArn, nameOf(job)))
  if (!running?.end) return
  const event = { type: 'restart' as const, at: now(), generation: job.generation + 1 }
  const outcome = await deps.store.applyJob(job.job_execution_id, event, job)
  if (outcome.kind !== 'refused') await startStandDown(deps, outcome.item, end)
}
