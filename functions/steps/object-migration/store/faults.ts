/** Why one object could not be moved, while the others can. */
export type FaultReason = 'changed' | 'gone' | 'denied' | 'refused' | 'key-too-long' | 'no-key'
export type ObjectFault = { reason: FaultReason; message: string }

type SdkError = { name?: string; message?: string; $metadata?: { httpStatusCode?: number } }

const describe = (error: unknown): { name: string; status: number; message: string } => {
  const { name = '', message = '', $metadata } = (error ?? {}) as SdkError
  return { name, message, status: $metadata?.httpStatusCode ?? 0 }
}

/** The object is not there. A missing bucket and a missing upload answer 404 too. */
export function isGone(error: unknown): boolean {
  const { name, status } = describe(error)
  return status === 404 && name !== 'NoSuchBucket' && name !== 'NoSuchUpload'
}

export const isNoSuchUpload = (error: unknown): boolean => describe(error).name === 'NoSuchUpload'

const DENIED = ['AccessDenied', 'InvalidObjectState', 'Forbidden', '403']
const REFUSED = ['MetadataTooLarge', 'EntityTooLarge', 'InvalidTag', 'InvalidRange', 'InvalidURI']

/** Null for an error that is not about one object, such as a store that is down: that fails the attempt. */
export function objectFault(error: unknown): ObjectFault | null {
  const { name, status, message } = describe(error)
  const fault = (reason: FaultReason): ObjectFault => ({
    reason,
    message: `${name}: ${message}`.slice(0, 200),
  })
  if (isGone(error)) return fault('gone')
  if (status === 412) return fault('changed')
  if (status === 403 && DENIED.includes(name)) return fault('denied')
  if (name === 'KeyTooLongError') return fault('key-too-long')
  if (REFUSED.includes(name)) return fault('refused')
  return null
}

const NETWORK = [
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'ENOTFOUND',
  'EAI_AGAIN',
  'ERR_STREAM_PREMATURE_CLOSE',
]

/**
 * The store is down, or asks to slow down. The SDK has repeated the call several times by then; a later attempt
 * of the step may find the store well.
 */
export function isTransient(error: unknown): boolean {
  const { name, status } = describe(error)
  const { code } = (error ?? {}) as { code?: string }
  if (status >= 500 || status === 429 || name === 'TimeoutError' || name === 'SlowDown') return true
  return code !== undefined && NETWORK.includes(code)
}
