import { answerAbort } from '#core/abort/answer.ts'
import { supportedModes } from '#core/abort/modes.ts'
import { planAbort } from '#core/abort/plan.ts'
import type { AbortPlan } from '#core/api/answers.ts'
import { JobEndedError, ModeNotSupportedError } from '#core/errors.ts'
import type { AbortMode, Job } from '#core/job/job.ts'
import type { NewAbort } from '#core/job/reducer.ts'
import { timeAt } from '#core/time.ts'
import type { Needs } from '../ports.ts'
import { NOT_STARTED, startStandDown } from '../stand-down/start.ts'
import { stepsOf } from '../steps/steps-of.ts'
import { findJob } from './find.ts'
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

type Aborting = Needs<'jobs' | 'steps' | 'executions' | 'standDowns' | 'templates' | 'clock'>

/**
 * Accepts the abort of a job: one conditional write, then the stop of its execution where nothing runs any
 * more, or at once by force. A repeat changes nothing.
 *
 * @throws NotFoundError, JobEndedError, ModeNotSupportedError
 */
export async function abortJob(ports: Aborting, command: AbortCommand): Promise<Aborted> {
  const job = await findJob(ports, command.job_execution_id, command.tenant_id)
  refuseUnsupported(ports, job, command.mode)
  const now = ports.clock.now()
  const event = { type: 'abort' as const, at: timeAt(now), request: requestOf(command, now) }
  const outcome = await ports.jobs.apply(job.job_execution_id, event, job)
  if (outcome.kind === 'refused') throw endedError(outcome.item ?? job)
  const changed = outcome.kind === 'write'
  const stopping = changed ? stopOrStandDown(ports, outcome.item) : Promise.resolve()
  return { job: outcome.item, changed, stopping }
}

/** What the abort would do; writes nothing. @throws as abortJob */
export async function planJobAbort(
  ports: Needs<'jobs' | 'steps' | 'templates' | 'clock'>,
  command: AbortCommand,
): Promise<AbortPlan> {
  const job = await findJob(ports, command.job_execution_id, command.tenant_id)
  const answer = answerAbort(job, command.mode)
  if (answer === 'ended' || answer === 'closed') throw endedError(job)
  refuseUnsupported(ports, job, command.mode)
  const [ofJob, steps] = await Promise.all([ports.templates.ofJob(job), stepsOf(ports, job)])
  const template = ofJob ?? (await ports.templates.byName(job.template))
  const { mode, rollback } = command
  return planAbort(job, { template, steps }, { mode, rollback, now: timeAt(ports.clock.now()) })
}

function requestOf(command: AbortCommand, now: number): NewAbort {
  const { mode, reason, requested_by, rollback, force_after_seconds } = command
  const force_at = force_after_seconds === null ? null : timeAt(now + force_after_seconds * 1000)
  return { mode, reason, requested_by, rollback, force_at }
}

/** Only a template may rule out a mode. It is not read for that: nothing must keep an abort from its flag. */
function refuseUnsupported(
  { templates, clock }: Needs<'templates' | 'clock'>,
  job: Job,
  mode: AbortMode,
): void {
  const template = { name: job.template, abort_modes: [...templates.abortModes(job.template)] }
  if (answerAbort(job, mode, template.abort_modes) !== 'unsupported') return
  const modes = supportedModes(job, { template, steps: [], now: timeAt(clock.now()) })
  const supported = modes.filter((entry) => entry.supported).map((entry) => entry.mode)
  const reason = modes.find((entry) => entry.mode === mode)?.reason
  throw new ModeNotSupportedError(`the mode ${mode} is not supported now: ${reason}`, supported)
}

const HOW_IT_ENDED: Partial<Record<Job['state'], string>> = {
  CANCELLED: 'was aborted already',
  SUCCEEDED: 'succeeded already',
  FAILED: 'failed already',
}

function endedError(job: Job): JobEndedError {
  const { job_execution_id: id, state, closed } = job
  if (closed && job.ended_at === null) {
    return new JobEndedError(
      `the execution of job ${id} ended ${closed.end.status} already and is being cleaned up`,
      state,
    )
  }
  const how = HOW_IT_ENDED[state] ?? 'ended already'
  return new JobEndedError(`the job ${id} ${how} (${state}): nothing is left to abort`, state)
}

async function stopOrStandDown(ports: Aborting, job: Job): Promise<void> {
  const stopped = await stopIfIdle(ports, job)
  // A StartExecution still on its way is caught by execute-job's second look, or by its first claim.
  if (stopped === 'missing') await startStandDown(ports, job, NOT_STARTED)
}
