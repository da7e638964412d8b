import { SecretError } from './credentials.ts'
import { StoreError } from './store-error.ts'

/** Why one object could not be moved, while the others can. */
export type FaultReason = 'changed' | 'gone' | 'denied' | 'refused' | 'key-too-long' | 'no-key'
export type ObjectFault = { reason: FaultReason; message: string }

/** The object is not there. A missing bucket, a missing upload and a web server's page answer 404 too. */
export function isGone(error: unknown): boolean {
  if (!(error instanceof StoreError) || error.status !== 404 || error.isForeign) return false
  return error.name !== 'NoSuchBucket' && error.name !== 'NoSuchUpload'
}

/** Any 404 of a store about a key or an upload, however it words it. */
export const isNotFound = (error: unknown): boolean => isGone(error) || isNoSuchUpload(error)

export const isDenied = (error: unknown): boolean => error instanceof StoreError && error.status === 403

export const isNoSuchUpload = (error: unknown): boolean =>
  error instanceof StoreError && error.name === 'NoSuchUpload'

/** What a step finds out about an object by itself, without a store's error. */
export class ObjectError extends Error {
  readonly fault: ObjectFault

  constructor(reason: FaultReason, message: string) {
    super(message)
    this.fault = { reason, message }
  }
}

/** The store does not have this operation, or not for this caller: it will not have it later either. */
export const isLacking = (error: unknown): boolean =>
  error instanceof StoreError &&
  (error.status === 501 || error.status === 405 || error.name === 'NotImplemented')

/** About who calls and where: what every object gets. */
const ABOUT_THE_JOB = new Set([
  'NoSuchBucket',
  'InvalidBucketName',
  'PermanentRedirect',
  'AuthorizationHeaderMalformed',
  'InvalidAccessKeyId',
  'SignatureDoesNotMatch',
  'ExpiredToken',
  'InvalidToken',
  'RequestTimeTooSkewed',
  'AccountProblem',
  'NotSignedUp',
])

const REASONS: Record<string, FaultReason> = {
  AccessDenied: 'denied',
  AllAccessDisabled: 'denied',
  InvalidObjectState: 'denied',
  Forbidden: 'denied',
  KeyTooLongError: 'key-too-long',
  PreconditionFailed: 'changed',
}

const BY_STATUS: Record<number, FaultReason> = { 403: 'denied', 412: 'changed' }

/**
 * Null for an error that is not about one object: of the whole job, which fails it, or of a store that is down,
 * which fails the attempt. Only calls with a key can be about an object.
 */
export function objectFault(error: unknown): ObjectFault | null {
  if (error instanceof ObjectError) return error.fault
  if (!(error instanceof StoreError) || error.key === undefined || error.isRecord) return null
  const fault = (reason: FaultReason): ObjectFault => ({ reason, message: error.message })
  if (isGone(error)) return fault('gone')
  if (error.isForeign || ABOUT_THE_JOB.has(error.name) || isTransient(error)) return null
  if (error.status === 0 || error.status === 404) return null
  return fault(REASONS[error.name] ?? BY_STATUS[error.status] ?? 'refused')
}

const NETWORK = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'EAI_AGAIN',
  'ERR_STREAM_PREMATURE_CLOSE',
  'TimeoutError',
])

/** S3 answers some of these 400 or 409, and an error within a 200 has no status of its own. */
const PASSING = new Set([
  'SlowDown',
  'ServiceUnavailable',
  'InternalError',
  'RequestTimeout',
  'OperationAborted',
  'ConditionalRequestConflict',
  'Throttling',
  'ThrottlingException',
  'RequestLimitExceeded',
  'TooManyRequests',
  'TooManyRequestsException',
])

/**
 * Of the whole store or of this one object: only what the others get can tell. A store that reads a header in
 * another encoding finds a wrong signature in the calls of one object.
 */
export const isDoubtful = (error: unknown): boolean =>
  error instanceof StoreError
    ? !error.isRecord && (isTransient(error) || error.name === 'SignatureDoesNotMatch')
    : (error as { code?: string } | null)?.code === 'ERR_STREAM_PREMATURE_CLOSE'

/** Names that say that a repeat would get the same, whatever the status beside them. */
export const isFinalName = (name: string): boolean =>
  name in REASONS || ABOUT_THE_JOB.has(name) || /^(Invalid|NoSuch|NotImplemented)/.test(name)

/**
 * The store is down, or asks to slow down. The SDK has repeated the call several times by then; a later attempt
 * of the step may find the store well.
 */
export function isTransient(error: unknown): boolean {
  if (error instanceof SecretError) return isOutageOf(error.cause)
  if (!(error instanceof StoreError)) return isOutageOf(error)
  if (PASSING.has(error.name)) return true
  if (isFinalName(error.name) || error.status === 501) return false
  if (error.name === 'UnreadableAnswer' && error.status < 300) return !error.isForeign
  return error.status >= 500 || error.status === 429 || error.status === 408 || NETWORK.has(error.name)
}

/** Of an answer's body, and of calls to other services. */
function isOutageOf(error: unknown): boolean {
  const {
    name = '',
    code = '',
    $metadata,
  } = (error ?? {}) as {
    name?: string
    code?: string
    $metadata?: { httpStatusCode?: number }
  }
  const status = $metadata?.httpStatusCode ?? 0
  return PASSING.has(name) || NETWORK.has(name) || NETWORK.has(code) || status >= 500 || status === 429
}
