import type { IncomingMessage } from 'node:http'
import { targetOf } from '#local/http-target.ts'
import { S3Error } from './s3-error.ts'

export interface S3Request {
  method: string
  bucket: string
  key: string
  query: URLSearchParams
  headers: Record<string, string>
  body: IncomingMessage
}

export interface Reply {
  status?: number
  headers?: Record<string, string>
  body?: string | AsyncIterable<Buffer>
  /** called once the body was sent or given up */
  release?: () => void
}

const maxKeyBytes = 1024

export function decodeUri(encoded: string): string {
  try {
    return decodeURIComponent(encoded)
  } catch {
    throw new S3Error('InvalidURI', `${encoded} is not percent-encoded UTF-8`)
  }
}

function checkKey(key: string): string {
  const bytes = Buffer.byteLength(key)
  if (bytes <= maxKeyBytes) return key
  throw new S3Error('KeyTooLongError', `the key has ${bytes} bytes; the most is ${maxKeyBytes}`, {
    fields: { Size: bytes, MaxSizeAllowed: maxKeyBytes },
  })
}

/** What no bucket was ever named: the oldest ones have capitals and underscores. */
function checkBucket(bucket: string): string {
  if (/^[\w.-]*$/.test(bucket)) return bucket
  throw new S3Error('InvalidBucketName', `${bucket} is no bucket name`, { fields: { BucketName: bucket } })
}

function flatten(message: IncomingMessage): Record<string, string> {
  const flat: Record<string, string> = {}
  for (const [name, value] of Object.entries(message.headers)) {
    if (value !== undefined) flat[name] = Array.isArray(value) ? value.join(', ') : value
  }
  return flat
}

export function readRequest(message: IncomingMessage): S3Request {
  const target = targetOf(message)
  const path = target.path.slice(1)
  const slash = path.indexOf('/')
  if (slash === 0) throw new S3Error('InvalidURI', `${target.path} names no bucket before its key`)
  return {
    method: message.method ?? 'GET',
    bucket: checkBucket(decodeUri(slash < 0 ? path : path.slice(0, slash))),
    key: slash < 0 ? '' : checkKey(decodeUri(path.slice(slash + 1))),
    query: target.query,
    headers: flatten(message),
    body: message,
  }
}

/** A whole number from the query, or the default; anything else is refused. */
export function numberParameter(request: S3Request, name: string, fallback: number): number {
  const given = request.query.get(name)
  if (given === null || given === '') return fallback
  const value = Number(given)
  if (/^\d+$/.test(given) && value <= 2_147_483_647) return value
  throw new S3Error('InvalidArgument', `${name} must be a whole number, got ${given}`, {
    fields: { ArgumentName: name, ArgumentValue: given },
  })
}
