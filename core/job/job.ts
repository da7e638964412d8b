import type { State } from '../states.ts'
import type { JsonValue } from '../value.ts'

/** RFC 3339, UTC, milliseconds: `2026-01-31T09:00:00.000Z`; compares as text. */
export type Time = string

export const ABORT_MODES = ['graceful', 'force'] as const
export type AbortMode = (typeof ABORT_MODES)[number]

/** Why something failed, in the words of Watcher's notifications. */
export type Fault = {
  exception: string
  exception_message: string
  module_name: string
  function_name: string
}

/** A further abort that made the running one stronger: what holds from then on, and who wanted it. */
export type Escalation = {
  mode: AbortMode
  rollback: boolean
  force_at: Time | null
  reason: string | null
  requested_by: string
  requested_at: Time
}

/** Who asked for the abort, how, why and when. The first request is kept; escalations are appended. */
export type AbortRequest = {
  mode: AbortMode
  reason: string | null
  requested_by: string
  requested_at: Time
  force_at: Time | null
  rollback: boolean
  escalations: Escalation[]
  /** When a graceful abort was made a forced one. */
  forced_at?: Time
}

/** How the Step Functions execution ended; `error` and `cause` may be absent there, null here. */
export type ExecutionEnd = {
  status: 'SUCCEEDED' | 'FAILED' | 'TIMED_OUT' | 'ABORTED' | 'NOT_STARTED'
  error: string | null
  cause: string | null
}

/** Written once by the stand-down: from then on no claim, no commit and no new abort. */
export type Closed = { at: Time; end: ExecutionEnd }

/** A clean-up of a job that has ended, repeated because the first one failed. */
export type CleanUpRun = { run: number; requested_by: string; requested_at: Time; ended_at: Time | null }

/** A step that a rollback did not undo. */
export type NotUndone = { step: string; index: number | string | null; reason: string }

type JobFields = {
  kind: 'job'
  layout: number
  job_execution_id: string
  template: string
  tenant_id: string
  execution_arn: string
  /** Of the execution that it belongs to, once its first step was claimed: an ARN may come again. */
  execution_started_at: Time | null
  input: JsonValue
  created_at: Time
  created_by: string
  started_at: Time | null
  ended_at: Time | null
  updated_at: Time
  /** Rises by one with every write of the item. */
  version: number
  /** Rises when the abort becomes forced; an older epoch is fenced. */
  epoch: number
  /** Notifications sent so far: the sequence number of the last one. */
  notified: number
  /** Stand-downs started so far beyond the first, of repeated clean-ups beyond the first of each run. */
  generation: number
  closed: Closed | null
  left_behind: string[]
  not_undone: NotUndone[]
  clean_up: CleanUpRun | null
  /** Its state machine is not ours, and knows nothing of it: its execution's end is its own. */
  attached?: true
}

type JobIn<S extends State, Abort, F> = JobFields & { state: S; abort_request: Abort; fault: F }

export type PendingJob = JobIn<'PENDING', null, null>
export type OngoingJob = JobIn<'ONGOING', null, null>
export type CancellingJob = JobIn<'CANCELLING', AbortRequest, null>
export type CancelledJob = JobIn<'CANCELLED', AbortRequest, null>
export type SucceededJob = JobIn<'SUCCEEDED', null, null>
export type FailedJob = JobIn<'FAILED', AbortRequest | null, Fault>

/** The arbiter item of a job (`sk = JOB`). */
export type Job = PendingJob | OngoingJob | CancellingJob | CancelledJob | SucceededJob | FailedJob

/** The execution's name is the job's id, so its ARN follows from the state machine's. */
export const executionArnOf = (stateMachineArn: string, jobId: string): string =>
  `${stateMachineArn.replace(':stateMachine:', ':execution:')}:${jobId}`

/** The state machine whose execution this is. */
export const stateMachineArnOf = (executionArn: string): string =>
  executionArn.split(':').slice(0, -1).join(':').replace(':execution:', ':stateMachine:')

/** A repeated clean-up of a job that has ended is under way. */
export const isCleaningUp = (job: Job): boolean => job.clean_up !== null && job.clean_up.ended_at === null
