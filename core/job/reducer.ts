import { answerAbort } from '../abort/answer.ts'
import { counted } from '../notifications/noun.ts'
import { JOB_RULES } from '../notifications/rules.ts'
import { type Outcome, refused, same, write } from '../outcome.ts'
import { isTerminal } from '../states.ts'
import type { AbortMode, AbortRequest, CancellingJob, Closed, ExecutionEnd, Fault, Job, Time } from './job.ts'

/** What somebody asks for, as yet without the time at which it is accepted. */
export type NewAbort = {
  mode: AbortMode
  reason: string | null
  requested_by: string
  force_at: Time | null
  rollback: boolean
}

export type JobEvent =
  | { type: 'create'; at: Time; job: NewJob }
  | { type: 'begin'; at: Time }
  | { type: 'commit'; at: Time }
  | { type: 'abort'; at: Time; request: NewAbort }
  | { type: 'escalate'; at: Time }
  | { type: 'close'; at: Time; end: ExecutionEnd }
  | { type: 'restart'; at: Time; generation: number }
  | { type: 'settle'; at: Time; fault: Fault | null; left_behind: string[] }

export type NewJob = Pick<
  Job,
  'job_execution_id' | 'template' | 'tenant_id' | 'execution_arn' | 'input' | 'created_by' | 'created_at'
>

/** Why a job event was refused. `aborted`: being cancelled; `closed`: being stood down; `open`: not yet. */
export type JobRefusal = 'unknown' | 'ended' | 'aborted' | 'closed' | 'open' | 'early'
type Result = Outcome<Job, JobRefusal>

/** Who the abort is attributed to when the execution was stopped past Standdown, as in the AWS console. */
export const EXTERNAL = 'external'
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
      return begin(job, event.at)
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
  }
}

const created = (job: NewJob): Job => ({
  kind: 'job',
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
})

const create = (job: NewJob): Result => write(counted(JOB_RULES, { before: undefined, after: created(job) }))

/** Counts the write, and the notifications that it means. */
const moved = (before: Job, to: Job, at: Time): Result => {
  const after: Job = { ...to, updated_at: at, version: before.version + 1 }
  return write(counted(JOB_RULES, { before, after }))
}

/** Work may go on only in a job that is neither ended, nor being cancelled, nor being stood down. */
const halted = (job: Job): JobRefusal | null => {
  if (isTerminal(job.state)) return 'ended'
  if (job.state === 'CANCELLING') return 'aborted'
  return job.closed ? 'closed' : null
}

function begin(job: Job, at: Time): Result {
  const reason = halted(job)
  if (reason) return refused(reason, job)
  return job.state === 'PENDING' ? moved(job, { ...job, state: 'ONGOING', started_at: at }, at) : same(job)
}

function commit(job: Job, at: Time): Result {
  if (job.state === 'SUCCEEDED') return same(job)
  const reason = halted(job)
  if (reason) return refused(reason, job)
  if (job.state !== 'ONGOING') return refused('early', job)
  return moved(job, { ...job, state: 'SUCCEEDED', ended_at: at }, at)
}

function abort(job: Job, { at, request }: { at: Time; request: NewAbort }): Result {
  const answer = answerAbort(job, request.mode)
  if (answer === 'ended' || answer === 'closed') return refused(answer, job)
  if (job.state !== 'CANCELLING') {
    return moved(job, cancelling(job, { ...request, requested_at: at, escalations: [] }), at)
  }
  return answer === 'escalate' ? raise(job, { ...request, requested_at: at }) : same(job)
}

const cancelling = (job: Job, abort_request: AbortRequest): CancellingJob => ({
  ...job,
  state: 'CANCELLING',
  fault: null,
  abort_request,
  epoch: job.epoch + (abort_request.mode === 'force' ? 1 : 0),
})

/** The mode only rises. A stand-down that has begun keeps its epoch: force does not start it anew. */
function raise(
  job: CancellingJob,
  by: Pick<AbortRequest, 'reason' | 'requested_by' | 'requested_at'>,
): Result {
  const request = job.abort_request
  if (request.mode === 'force') return same(job)
  const { reason, requested_by, requested_at } = by
  const escalation = { mode: 'force' as const, reason, requested_by, requested_at }
  const abort_request = {
    ...request,
    mode: 'force' as const,
    escalations: [...request.escalations, escalation],
  }
  return moved(job, { ...job, abort_request, epoch: job.epoch + (job.closed ? 0 : 1) }, requested_at)
}

function escalate(job: Job, at: Time): Result {
  if (isTerminal(job.state)) return refused('ended', job)
  if (job.state !== 'CANCELLING') return refused('open', job)
  const due = job.abort_request.force_at
  if (due === null || due > at) return refused('early', job)
  return raise(job, { reason: `deadline ${due} passed`, requested_by: DEADLINE, requested_at: at })
}

/** One write closes the job; an execution that somebody else stopped becomes an abort by that same write. */
function close(job: Job, { at, end }: { at: Time; end: ExecutionEnd }): Result {
  if (isTerminal(job.state)) return refused('ended', job)
  if (job.closed) return same(job)
  const closed: Closed = { at, end }
  if (job.state === 'CANCELLING' || end.status !== 'ABORTED') return moved(job, { ...job, closed }, at)
  return moved(job, { ...cancelling(job, externalStop(end, at)), closed }, at)
}

const externalStop = (end: ExecutionEnd, at: Time): AbortRequest => ({
  mode: 'force',
  reason: [end.error, end.cause].filter((text) => text !== null).join(': ') || null,
  requested_by: EXTERNAL,
  requested_at: at,
  force_at: null,
  rollback: false,
  escalations: [],
})

function restart(job: Job, { at, generation }: { at: Time; generation: number }): Result {
  if (isTerminal(job.state)) return refused('ended', job)
  if (job.generation >= generation) return same(job)
  return moved(job, { ...job, generation }, at)
}

function settle(job: Job, event: Extract<JobEvent, { type: 'settle' }>): Result {
  if (isTerminal(job.state)) return same(job)
  if (!job.closed) return refused('open', job)
  const { at, left_behind } = event
  const ended = { left_behind, ended_at: at }
  if (job.state === 'CANCELLING' && event.fault === null) {
    return moved(job, { ...job, ...ended, state: 'CANCELLED' }, at)
  }
  const fault = event.fault ?? executionFault(job.closed.end)
  return moved(job, { ...job, ...ended, state: 'FAILED', fault }, at)
}

const executionFault = (end: ExecutionEnd): Fault => ({
  exception: end.error ?? end.status,
  exception_message: end.cause ?? `the execution ended ${end.status} without a commit`,
  module_name: 'execution',
  function_name: 'run',
})
