import { type AbortOptions, answerAbort, mergeAbort, type NotTaken } from '#core/abort/answer.ts'
import { supportedModes } from '#core/abort/modes.ts'
import { planAbort } from '#core/abort/plan.ts'
import type { AbortPlan } from '#core/api/answers.ts'
import { JobEndedError, ModeNotSupportedError } from '#core/errors.ts'
import { type AbortMode, executionArnOf, type Job } from '#core/job/job.ts'
import { type NewAbort, nextJob } from '#core/job/reducer.ts'
import { childNames } from '#core/step/child.ts'
import type { Step } from '#core/step/step.ts'
import { timeAt } from '#core/time.ts'
import type { Needs } from '../ports.ts'
import { NOT_STARTED, startStandDown } from '../stand-down/start.ts'
import { stepsOf } from '../steps/steps-of.ts'
import { inheritedAbort, isHalted } from './family.ts'
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

/**
 * `changed`: something of it was new; `notTaken`: what came too late. `stopping` is the stop of the execution: the
 * abort holds whether or not it goes through.
 */
export type Aborted = { job: Job; changed: boolean; notTaken: NotTaken[]; stopping: Promise<void> }

type Aborting = Needs<'jobs' | 'steps' | 'executions' | 'standDowns' | 'templates' | 'clock'>

/**
 * Accepts the abort of a job: one conditional write, then the stop of its execution where nothing runs any
 * more, or at once by force. What a running abort does not have yet is added to it; a repeat changes nothing.
 *
 * @throws NotFoundError, JobEndedError, ModeNotSupportedError
 */
export async function abortJob(ports: Aborting, command: AbortCommand): Promise<Aborted> {
  const job = await findJob(ports, command.job_execution_id, command.tenant_id)
  refuseUnsupported(ports, job, command.mode)
  const now = ports.clock.now()
  const request = requestOf(command, now)
  const event = { type: 'abort' as const, at: timeAt(now), request }
  const outcome = await ports.jobs.apply(job.job_execution_id, event, job)
  if (outcome.kind === 'refused') throw endedError(outcome.item ?? job)
  const changed = outcome.kind === 'write'
  const stopping = changed ? stopOrStandDown(ports, outcome.item) : Promise.resolve()
  return { job: outcome.item, changed, notTaken: notTakenOf(outcome.item, request), stopping }
}

/** What was asked for and the job, as it was decided on, does not have: it came too late. */
const notTakenOf = (job: Job, request: AbortOptions): NotTaken[] =>
  job.abort_request ? mergeAbort(job.abort_request, request, job.closed !== null).notTaken : []

/** What an abort would be answered, with the job as it is; writes nothing, and reads no step. @throws as abortJob */
export async function foreseeAbort(
  ports: Needs<'jobs' | 'templates' | 'clock'>,
  command: AbortCommand,
): Promise<Omit<Aborted, 'stopping'>> {
  const job = await findJob(ports, command.job_execution_id, command.tenant_id)
  refuseUnsupported(ports, job, command.mode)
  const now = ports.clock.now()
  const request = requestOf(command, now)
  const outcome = nextJob(job, { type: 'abort', at: timeAt(now), request })
  if (outcome.kind === 'refused') throw endedError(job)
  return { job, changed: outcome.kind === 'write', notTaken: notTakenOf(outcome.item, request) }
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
  const now = ports.clock.now()
  const at = timeAt(now)
  // The plan is that of the job as the abort would make it: added to a running one, without what came too late.
  const request = requestOf(command, now)
  const { item } = nextJob(job, { type: 'abort', at, request })
  const { mode, rollback } = item?.abort_request ?? request
  return planAbort(
    job,
    { template, steps },
    { mode, rollback, now: at, notTaken: notTakenOf(item ?? job, request) },
  )
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
  const again = job.left_behind.length > 0 ? `; what it left behind: POST /jobs/${id}/clean-up` : ''
  return new JobEndedError(`the job ${id} ${how} (${state}): nothing is left to abort${again}`, state)
}

async function stopOrStandDown(ports: Aborting, job: Job): Promise<void> {
  const stopped = await stopIfIdle(ports, job, (steps) => abortChildren(ports, job, steps))
  // A StartExecution still on its way is caught by execute-job's second look, or by its first claim.
  if (stopped === 'missing') await startStandDown(ports, job, NOT_STARTED)
}

/** Carries a graceful abort on to the jobs that its steps wait for: by the same person, for the same reason. */
export async function abortChildren(ports: Aborting, parent: Job, steps: Step[]): Promise<void> {
  const waiting = steps.filter(({ state, external }) => state === 'ONGOING' && external?.child)
  const asked = inheritedAbort(parent)
  await Promise.all(
    waiting.flatMap((step) =>
      childNames(step).map(async (job_execution_id) => {
        const child = await ports.jobs.get(job_execution_id)
        const isIts =
          child?.execution_arn === executionArnOf(step.external!.child!.machine_arn, job_execution_id)
        if (!child || !isIts || isHalted(child)) return
        const command = { ...asked, job_execution_id, force_after_seconds: null }
        const aborted = await abortJob(ports, command).catch(unlessRefused)
        await aborted?.stopping
      }),
    ),
  )
}

/** It has ended meanwhile, or takes no graceful abort, and is waited for. */
function unlessRefused(error: Error): undefined {
  if (error instanceof JobEndedError || error instanceof ModeNotSupportedError) return undefined
  throw error
}
