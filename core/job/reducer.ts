import { type AbortOptions, answerAbort, mergeAbort } from '../abort/answer.ts'
import { LAYOUT } from '../layout.ts'
import { counted } from '../notifications/noun.ts'
import { JOB_RULES } from '../notifications/rules.ts'
import { type Outcome as Reduced, refused, same, write } from '../outcome.ts'
import { isTerminal } from '../states.ts'
import type { ExecutionLife } from '../step/step.ts'
import {
  type AbortRequest,
  type CancellingJob,
  type Closed,
  type ExecutionEnd,
  type Fault,
  isCleaningUp,
  type Job,
  type NotUndone,
  type Time,
} from './job.ts'

/** What somebody asks for, as yet without the time at which it is accepted. */
export type NewAbort = AbortOptions & { reason: string | null; requested_by: string }

export type JobEvent =
  | { type: 'create'; at: Time; job: NewJob }
  | { type: 'begin'; at: Time; execution: ExecutionLife; resumes?: boolean }
  | { type: 'commit'; at: Time }
  | { type: 'abort'; at: Time; request: NewAbort }
  | { type: 'escalate'; at: Time }
  | { type: 'close'; at: Time; end: ExecutionEnd }
  | { type: 'restart'; at: Time; generation: number; run?: number }
  | { type: 'settle'; at: Time; outcome: Outcome }
  | { type: 'clean-up'; at: Time; requested_by: string }
  | { type: 'clean-up-ended'; at: Time; run: number; left_behind: string[] }

type Event<Type extends JobEvent['type']> = Extract<JobEvent, { type: Type }>

/**
 * What a stand-down leaves. `aborted`: the job was being cancelled when its steps were looked at; `fault`: that of
 * a clean-up in such a job, else what its execution failed of.
 */
export type Outcome = {
  aborted?: boolean
  fault: Fault | null
  left_behind: string[]
  not_undone: NotUndone[]
}

type NewJobFields =
  | 'job_execution_id'
  | 'template'
  | 'tenant_id'
  | 'execution_arn'
  | 'execution_started_at'
  | 'input'
  | 'created_by'
  | 'created_at'
  | 'attached'
export type NewJob = Pick<Job, NewJobFields>

/**
 * Why a job event was refused. `aborted`: being cancelled; `closed`: being stood down; `open`: not yet;
 * `taken`: the id belongs to another execution; `clean`: nothing is left to clean up.
 */
export type JobRefusal = 'unknown' | 'ended' | 'aborted' | 'closed' | 'open' | 'early' | 'taken' | 'clean'
type Result = Reduced<Job, JobRefusal>

/** Who the abort is attributed to when the execution was stopped past Standdown, as in the AWS console. */
export const EXTERNAL = 'external'
/** The same, when the runtime that ran the execution was killed: no person stopped it. */
export const RUNTIME_ENDED = 'runtime-ended'
/** The error that a local runtime ends those executions with that a kill cut off. */
const CUT_OFF = 'RuntimeEnded'
/** Who escalates an abort whose `force_at` has passed. */
export const DEADLINE = 'deadline'

/**
 * The job's next item. Pure: the store writes what it answers, on condition that the item is still `job`.
 *
 * @example next(job, { type: 'commit', at: '2026-01-31T09:00:00.000Z' })
 */
export function nextJob(job: Job | undefined, event: JobEvent): Result {
  if (event.type === 'create') return job ? same(job) : create(event.job)
  if (!job) return refused<Job, JobRefusal>('unknown', undefined)
  switch (event.type) {
    case 'begin':
      return begin(job, event)
    case 'commit':
      return commit(job, event.at)
    case 'abort':
      return abort(job, event)
    case 'escalate':
      return escalate(job, event.at)
    case 'close':
      return close(job, event)
    case 'restart':
      return restart(job, event)
    case 'settle':
      return settle(job, event)
    case 'clean-up':
      return cleanUp(job, event)
    case 'clean-up-ended':
      return cleanUpEnded(job, event)
  }
}

const created = (job: NewJob): Job => ({
  kind: 'job',
  layout: LAYOUT,
  ...job,
  state: 'PENDING',
  abort_request: null,
  fault: null,
  started_at: null,
  ended_at: null,
  updated_at: job.created_at,
  version: 1,
  epoch: 1,
  notified: 0,
  generation: 0,
  closed: null,
  left_behind: [],
  not_undone: [],
  clean_up: null,
})

const create = (job: NewJob): Result => write(counted(JOB_RULES, { before: undefined, after: created(job) }))

/** Counts the write, and the notifications that it means. */
const moved = (before: Job, to: Job, at: Time): Result => {
  // Clocks of two Lambdas differ: what is later must never be listed before what came earlier.
  const updated_at = before.updated_at > at ? before.updated_at : at
  const after: Job = { ...to, layout: LAYOUT, updated_at, version: before.version + 1 }
  return write(counted(JOB_RULES, { before, after }))
}

/** Work may go on only in a job that is neither ended, nor being cancelled, nor being stood down. */
const halted = (job: Job): JobRefusal | null => {
  if (isTerminal(job.state)) return 'ended'
  if (job.state === 'CANCELLING') return 'aborted'
  return job.closed ? 'closed' : null
}

/** A step asks to run. One that goes on after its Lambda's time may do so under a graceful abort, too. */
function begin(job: Job, { at, execution, resumes = false }: Event<'begin'>): Result {
  if (!belongsTo(job, execution)) return refused('taken', job)
  const graceful = job.state === 'CANCELLING' && job.abort_request.mode === 'graceful' && !job.closed
  if (graceful && resumes) return same(job)
  const reason = halted(job)
  if (reason) return refused(reason, job)
  if (job.state !== 'PENDING') return same(job)
  const { execution_started_at } = execution
  return moved(job, { ...job, state: 'ONGOING', started_at: at, execution_started_at }, at)
}

/** A job that was accepted but has not begun does not know yet when its execution started. */
const belongsTo = (job: Job, { execution_arn, execution_started_at: started }: ExecutionLife): boolean =>
  job.execution_arn === execution_arn &&
  (job.execution_started_at === null || job.execution_started_at === started)

function commit(job: Job, at: Time): Result {
  if (job.state === 'SUCCEEDED') return same(job)
  const reason = halted(job)
  if (reason) return refused(reason, job)
  if (job.state !== 'ONGOING') return refused('early', job)
  return moved(job, { ...job, state: 'SUCCEEDED', ended_at: at }, at)
}

function abort(job: Job, { at, request }: Event<'abort'>): Result {
  const answer = answerAbort(job, request.mode)
  if (answer === 'ended' || answer === 'closed') return refused(answer, job)
  if (job.state !== 'CANCELLING') {
    // A stand-down that has begun may have passed what a rollback would undo.
    const rollback = request.rollback && !job.closed
    return moved(job, cancelling(job, { ...request, rollback, requested_at: at, escalations: [] }), at)
  }
  const { options, isNew } = mergeAbort(job.abort_request, request, job.closed !== null)
  return isNew ? stronger(job, options, { ...request, requested_at: at }) : same(job)
}

const cancelling = (job: Job, abort_request: AbortRequest): CancellingJob => ({
  ...job,
  state: 'CANCELLING',
  fault: null,
  abort_request,
  epoch: nextEpoch(job, abort_request.mode === 'force'),
})

/** Force fences what was claimed before. A stand-down that has begun keeps its epoch: it does not start anew. */
const nextEpoch = (job: Job, forced: boolean): number => job.epoch + (forced && !job.closed ? 1 : 0)

type Requester = Pick<AbortRequest, 'reason' | 'requested_by' | 'requested_at'>

/** What was asked first is kept; each addition is recorded beside it, with its own who and why. */
function stronger(job: CancellingJob, options: AbortOptions, by: Requester): Result {
  const running = job.abort_request
  const { reason, requested_by, requested_at } = by
  const escalation = { ...options, reason, requested_by, requested_at }
  const isForced = running.mode === 'graceful' && options.mode === 'force'
  const forced = isForced ? { forced_at: requested_at } : {}
  const escalations = [...running.escalations, escalation]
  const abort_request = { ...running, ...options, ...forced, escalations }
  const epoch = nextEpoch(job, isForced)
  return moved(job, { ...job, abort_request, epoch }, requested_at)
}

function escalate(job: Job, at: Time): Result {
  if (isTerminal(job.state)) return refused('ended', job)
  if (job.state !== 'CANCELLING') return refused('open', job)
  const { mode, force_at: due, rollback } = job.abort_request
  if (due === null || due > at) return refused('early', job)
  if (mode === 'force') return same(job)
  const by = { reason: `deadline ${due} passed`, requested_by: DEADLINE, requested_at: at }
  return stronger(job, { mode: 'force', rollback, force_at: due }, by)
}

/** One write closes the job; an execution that somebody else stopped becomes an abort by that same write. */
function close(job: Job, { at, end }: Event<'close'>): Result {
  if (isTerminal(job.state)) return refused('ended', job)
  if (job.closed) return same(job)
  const closed: Closed = { at, end }
  if (job.state === 'CANCELLING' || end.status !== 'ABORTED') return moved(job, { ...job, closed }, at)
  return moved(job, { ...cancelling(job, externalStop(end, at)), closed }, at)
}

const externalStop = (end: ExecutionEnd, at: Time): AbortRequest => ({
  mode: 'force',
  reason: [end.error, end.cause].filter((text) => text !== null).join(': ') || null,
  requested_by: end.error === CUT_OFF ? RUNTIME_ENDED : EXTERNAL,
  requested_at: at,
  force_at: null,
  rollback: false,
  escalations: [],
})

/** Of the job's stand-down, or of that `run` of its repeated clean-up: each names its own generations. */
function restart(job: Job, { at, generation, run }: Event<'restart'>): Result {
  const goesOn = run === undefined ? !isTerminal(job.state) : isCleaningUp(job) && job.clean_up?.run === run
  if (!goesOn) return refused('ended', job)
  if (job.generation >= generation) return same(job)
  return moved(job, { ...job, generation }, at)
}

function settle(job: Job, { at, outcome }: Event<'settle'>): Result {
  if (isTerminal(job.state)) return same(job)
  if (!job.closed) return refused('open', job)
  const { aborted, left_behind, not_undone } = outcome
  // A force that came since is settled as an abort: the steps that never ran are still to be written.
  if (aborted === false && job.state === 'CANCELLING') return refused('aborted', job)
  const ended = { left_behind, not_undone, ended_at: at }
  if (job.state === 'CANCELLING' && outcome.fault === null) {
    return moved(job, { ...job, ...ended, state: 'CANCELLED' }, at)
  }
  const fault = outcome.fault ?? executionFault(job.closed.end)
  return moved(job, { ...job, ...ended, state: 'FAILED', fault }, at)
}

/** What an execution that nobody aborted ended of. */
export const executionFault = (end: ExecutionEnd): Fault => ({
  exception: end.error ?? end.status,
  exception_message: end.cause ?? `the execution ended ${end.status} without a commit`,
  module_name: 'execution',
  function_name: 'run',
})

/** The state stays: what is repeated is only the clean-up of what was left behind. */
function cleanUp(job: Job, { at, requested_by }: Event<'clean-up'>): Result {
  if (job.state !== 'FAILED') return refused(isTerminal(job.state) ? 'ended' : 'open', job)
  if (isCleaningUp(job)) return same(job)
  if (job.left_behind.length === 0) return refused('clean', job)
  const clean_up = { run: (job.clean_up?.run ?? 0) + 1, requested_by, requested_at: at, ended_at: null }
  return moved(job, { ...job, clean_up }, at)
}

function cleanUpEnded(job: Job, { at, run, left_behind }: Event<'clean-up-ended'>): Result {
  if (!isCleaningUp(job) || job.clean_up?.run !== run) return same(job)
  return moved(job, { ...job, left_behind, clean_up: { ...job.clean_up, ended_at: at } }, at)
}
