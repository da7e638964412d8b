/** Why one object could not be moved, while the others can. */
export type Reason = 'changed' | 'gone' | 'denied' | 'refused' | 'key-too-long' | 'no-key'
export type ObjectFault = { reason: Reason; message: string }

type Failed = { name?: string; message?: string; $metadata?: { httpStatusCode?: number } }

const parts = (error: unknown): { name: string; status: number; message: string } => {
  const { name = '', message = '', $metadata } = (error ?? {}) as Failed
  return { name, message, status: $metadata?.httpStatusCode ?? 0 }
}

/** Not there. A missing bucket or upload is not a missing object. */
export function isGone(error: unknown): boolean {
  const { name, status } = parts(error)
  return status === 404 && name !== 'NoSuchBucket' && name !== 'NoSuchUpload'
}

export const isNoSuchUpload = (error: unknown): boolean => parts(error).name === 'NoSuchUpload'

const DENIED = ['AccessDenied', 'InvalidObjectState', 'Forbidden', '403']
const REFUSED = ['MetadataTooLarge', 'EntityTooLarge', 'InvalidTag', 'InvalidRange', 'InvalidURI']

/** Null for what is not the object's own fault, such as a store that is down: that fails the attempt. */
export function objectFault(error: unknown): ObjectFault | null {
  const { name, status, message } = parts(error)
  const told = (reason: Reason): ObjectFault => ({ reason, message: `${name}: ${message}`.slice(0, 200) })
  if (isGone(error)) return told('gone')
  if (status === 412) return told('changed')
  if (status === 403 && DENIED.includes(name)) return told('denied')
  if (name === 'KeyTooLongError') return told('key-too-long')
  if (REFUSED.includes(name)) return told('refused')
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

/** The SDK has tried several times by then; a later attempt may find the store well. */
export function isTransient(error: unknown): boolean {
  const { name, status } = parts(error)
  const { code } = (error ?? {}) as { code?: string }
  if (status >= 500 || status === 429 || name === 'TimeoutError' || name === 'SlowDown') return true
  return code !== undefined && NETWORK.includes(code)
}
