import type { Deps } from '#aws/deps.ts'
import { supportedModes } from '#core/abort/modes.ts'
import { planAbort } from '#core/abort/plan.ts'
import type { AbortPlan } from '#core/api/answers.ts'
import { JobEndedError, ModeNotSupportedError, NotFoundError } from '#core/errors.ts'
import type { AbortMode, Job } from '#core/job/job.ts'
import type { AbortAsked } from '#core/job/reducer.ts'
import { now } from '../now.ts'
import { startStandDown } from '../stand-down/start.ts'
import { stopIfIdle } from './stop-if-idle.ts'

export type AbortCommand = {
  job_execution_id: string
  mode: AbortMode
  reason: string | null
  requested_by: string
  force_after_seconds: number | null
  rollback: boolean
  /** When given, a job of another tenant looks like none. */
  tenant_id?: string
}

/** `stopping` is the stop of the execution: the abort holds whether or not it goes through. */
export type Aborted = { job: Job; changed: boolean; stopping: Promise<void> }

export const noSuchJob = (jobId: string): NotFoundError => new NotFoundError(`there is no job ${jobId}`)

async function findJob(deps: Deps, command: AbortCommand): Promise<Job> {
  const job = await deps.store.getJob(command.job_execution_id)
  const foreign = command.tenant_id !== undefined && job?.tenant_id !== command.tenant_id
  if (!job || foreign) throw noSuchJob(command.job_execution_id)
  return job
}

/**
 * Accepts the abort of a job: one conditional write, then the stop of its execution where nothing runs any
 * more, or at once by force. A repeat changes nothing.
 *
 * @throws NotFoundError, JobEndedError, ModeNotSupportedError
 */
export async function abortJob(deps: Deps, command: AbortCommand): Promise<Aborted> {
  const job = await findJob(deps, command)
  await refuseUnsupported(deps, job, command.mode)
  const event = { type: 'abort' as const, at: now(), asked: asked(command) }
  const outcome = await deps.store.applyJob(job.job_execution_id, event, job)
  if (outcome.kind === 'refused') throw endedError(outcome.item ?? job)
  const changed = outcome.kind === 'write'
  const stopping = changed ? stopOrSettle(deps, outcome.item) : Promise.resolve()
  return { job: outcome.item, changed, stopping }
}

/** What the abort would do; writes nothing. @throws as abortJob */
export async function planJobAbort(deps: Deps, command: AbortCommand): Promise<AbortPlan> {
  const job = await findJob(deps, command)
  if (job.ended_at !== null || (job.closed && job.state !== 'CANCELLING')) throw endedError(job)
  await refuseUnsupported(deps, job, command.mode)
  const [template, steps] = await Promise.all([
    deps.templates.ofJob(job),
    deps.store.getSteps(job.job_execution_id),
  ])
  const known = template ?? (await deps.templates.byName(job.template))
  const { mode, rollback } = command
  return planAbort(job, { template: known, steps }, { mode, rollback, now: now() })
}

const asked = (command: AbortCommand): AbortAsked => {
  const after = command.force_after_seconds
  const { mode, reason, requested_by, rollback } = command
  const force_at = after === null ? null : new Date(Date.now() + after * 1000).toISOString()
  return { mode, reason, requested_by, rollback, force_at }
}

/** Only a template may rule out a mode; force is never refused while the job has not ended. */
async function refuseUnsupported(deps: Deps, job: Job, mode: AbortMode): Promise<void> {
  if (mode === 'force' || job.ended_at !== null || job.abort_request) return
  const template = await deps.templates.byName(job.template).catch(() => null)
  const modes = supportedModes(job, { template, steps: [], now: now() })
  const mine = modes.find((entry) => entry.mode === mode)
  if (!mine || mine.supported || job.closed) return
  const supported = modes.filter((entry) => entry.supported).map((entry) => entry.mode)
  throw new ModeNotSupportedError(`the mode ${mode} is not supported now: ${mine.reason}`, supported)
}

function endedError(job: Job): JobEndedError {
  const id = job.job_execution_id
  if (job.closed && job.ended_at === null) {
    const { status } = job.closed.end
    return new JobEndedError(
      `the execution of job ${id} ended ${status} already and is being cleaned up`,
      job.state,
    )
  }
  const how = { CANCELLED: 'was aborted already', SUCCEEDED: 'succeeded already', FAILED: 'failed already' }
  const told = how[job.state as keyof typeof how] ?? 'ended already'
  return new JobEndedError(`the job ${id} ${told} (${job.state}): nothing is left to abort`, job.state)
}

async function stopOrSettle(deps: Deps, job: Job): Promise<void> {
  const stopped = await stopIfIdle(deps, job)
  const end = { status: 'NOT_STARTED' as const, error: null, cause: null }
  // A StartExecution still on its way is caught by execute-job's second look, or by its first claim.
  if (stopped === 'missing') await startStandDown(deps, job, end)
}
