import type { AbortMode } from './job/job.ts'
import type { State } from './states.ts'

/**
 * Names that Step Functions matches in Retry and Catch. Lambda reports `error.name`, which a minifier
 * does not touch as long as it is a literal.
 */
export const ERROR_NAMES = {
  JobAborted: 'JobAborted',
  StepFenced: 'StepFenced',
  StepBusy: 'StepBusy',
  StepOutOfTime: 'StepOutOfTime',
} as const

/** Names that it matches of failures which nothing may repeat. */
export const FAILURE_NAMES = {
  JobIdTaken: 'JobIdTaken',
  ParkedWithoutAbort: 'ParkedWithoutAbort',
  CannotCleanUp: 'CannotCleanUp',
} as const

/** The job is being aborted, in this mode: the step stops here. Never retried. */
export class JobAborted extends Error {
  override readonly name = ERROR_NAMES.JobAborted
  /** Null where the job has ended without an abort. */
  readonly mode: AbortMode | null
  constructor(message: string, mode: AbortMode | null = null) {
    super(message)
    this.mode = mode
  }
}

/** Another owner has the step, or it is being stood down: this attempt may write nothing more. Never retried. */
export class StepFenced extends Error {
  override readonly name = ERROR_NAMES.StepFenced
}

/** An earlier attempt of the step may still be running; retried until its lease has ended. */
export class StepBusy extends Error {
  override readonly name = ERROR_NAMES.StepBusy
}

/** The Lambda's time, or the lease, is nearly over; the next attempt resumes from the last checkpoint. */
export class StepOutOfTime extends Error {
  override readonly name = ERROR_NAMES.StepOutOfTime
}

/** The id belongs to the job of another execution: this one cannot run. Never retried, and a failure. */
export class JobIdTaken extends Error {
  override readonly name = FAILURE_NAMES.JobIdTaken
}

/** A step said that it was stopped, and nobody stopped its job: the execution fails instead of waiting for ever. */
export class ParkedWithoutAbort extends Error {
  override readonly name = FAILURE_NAMES.ParkedWithoutAbort
}

/** A hook found that no repeat of it would clean up: its step has FAILED with this message. Never retried. */
export class CannotCleanUp extends Error {
  override readonly name = FAILURE_NAMES.CannotCleanUp
}

/** What the author gave cannot be kept as JSON, or is too large: thrown where it is given. */
export class ValueNotKept extends Error {
  override readonly name = 'ValueNotKept'
}

export type InvalidPart = { pointer: string; detail: string }

/** The request is malformed; `errors` has one JSON pointer (RFC 6901) per fault. */
export class RequestInvalidError extends Error {
  override readonly name = 'RequestInvalidError'
  readonly errors: InvalidPart[]
  constructor(message: string, errors: InvalidPart[] = []) {
    super(message)
    this.errors = errors
  }
}

/** No such job, template or tenant, or the caller may not see it: the two look alike. */
export class NotFoundError extends Error {
  override readonly name = 'NotFoundError'
}

/** The state machine of the job was deleted: no execution of it can be started any more. */
export class MachineMissingError extends Error {
  override readonly name = 'MachineMissingError'
}

/** The job has ended, or can no longer be aborted. */
export class JobEndedError extends Error {
  override readonly name = 'JobEndedError'
  readonly state: State
  constructor(message: string, state: State) {
    super(message)
    this.state = state
  }
}

/** The job's clean-up is not to be repeated: it is not FAILED, or left nothing behind. */
export class NothingLeftError extends JobEndedError {}

/** The same Idempotency-Key came with another request. */
export class IdempotencyConflictError extends Error {
  override readonly name = 'IdempotencyConflictError'
}

/** This mode cannot be asked for now; `supported` says which can. */
export class ModeNotSupportedError extends Error {
  override readonly name = 'ModeNotSupportedError'
  readonly supported: AbortMode[]
  constructor(message: string, supported: AbortMode[]) {
    super(message)
    this.supported = supported
  }
}

/** The caller is known, and may not do this. */
export class ForbiddenError extends Error {
  override readonly name = 'ForbiddenError'
}

/** The request asks for a version that is not served. */
export class NotAcceptableError extends Error {
  override readonly name = 'NotAcceptableError'
}

/** What is there now does not allow this. */
export class ConflictError extends Error {
  override readonly name = 'ConflictError'
}
