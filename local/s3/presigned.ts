import { S3Error } from './s3-error.ts'
import type { S3Request } from './s3-request.ts'

/** Of Signature Version 4: https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-query-string-auth.html */
const V4 = ['X-Amz-Algorithm', 'X-Amz-Credential', 'X-Amz-Date', 'X-Amz-Expires', 'X-Amz-SignedHeaders']
/** Of Version 2, which the AWS CLI v1 still writes: https://docs.aws.amazon.com/AmazonS3/latest/API/RESTAuthentication.html */
const V2 = ['AWSAccessKeyId', 'Expires']
const WEEK_SECONDS = 604_800
const SKEW_MS = 15 * 60_000

/** Whether the query parameter belongs to a presigned URL, not to the operation. */
export const isSigning = (name: string): boolean =>
  ['x-id', 'Signature', ...V2].includes(name) || name.toLowerCase().startsWith('x-amz-')

/** Refuses a presigned URL whose time is over. Signatures are not verified, as nowhere here. */
export function checkPresigned(request: S3Request, now: number): void {
  const { query, headers } = request
  const isV4 = query.has('X-Amz-Signature') || query.has('X-Amz-Algorithm')
  const isV2 = query.has('Signature')
  if ((isV4 || isV2) && headers.authorization !== undefined) {
    throw new S3Error('InvalidArgument', 'only one way of authentication is allowed: a header or the query')
  }
  if (isV4) checkV4(query, now)
  else if (isV2) checkV2(query, now)
}

function checkV4(query: URLSearchParams, now: number): void {
  const missing = [...V4, 'X-Amz-Signature'].find((name) => !query.get(name))
  if (missing) throw invalid(`Signature Version 4 in a query requires ${missing}`)
  const algorithm = query.get('X-Amz-Algorithm')
  if (algorithm !== 'AWS4-HMAC-SHA256') {
    throw invalid(`X-Amz-Algorithm only supports AWS4-HMAC-SHA256, got ${algorithm}`)
  }
  const seconds = secondsIn(query.get('X-Amz-Expires') ?? '')
  const signedAt = timeIn(query.get('X-Amz-Date') ?? '')
  if (signedAt > now + SKEW_MS) throw denied('Request is not valid yet', now, signedAt)
  const expires = signedAt + seconds * 1000
  if (now > expires) throw denied('Request has expired', now, expires)
}

function secondsIn(text: string): number {
  if (!/^-?\d+$/.test(text)) throw invalid('X-Amz-Expires should be a number')
  const seconds = Number(text)
  if (seconds < 0) throw invalid('X-Amz-Expires must be non-negative')
  if (seconds <= WEEK_SECONDS) return seconds
  throw invalid(`X-Amz-Expires must be less than a week, that is at most ${WEEK_SECONDS} seconds`)
}

function timeIn(text: string): number {
  const [, y, mo, d, h, mi, s] = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(text) ?? []
  const time = Date.parse(`${y}-${mo}-${d}T${h}:${mi}:${s}Z`)
  if (Number.isFinite(time)) return time
  throw invalid("X-Amz-Date must be in the ISO8601 long format yyyyMMdd'T'HHmmss'Z'")
}

function checkV2(query: URLSearchParams, now: number): void {
  const missing = V2.find((name) => !query.get(name))
  if (missing) throw new S3Error('AccessDenied', `Signature Version 2 in a query requires ${missing}`)
  const text = query.get('Expires') ?? ''
  if (!/^\d{1,12}$/.test(text)) {
    throw new S3Error('AccessDenied', `Invalid date (should be seconds since epoch): ${text}`)
  }
  const expires = Number(text) * 1000
  if (now > expires) throw denied('Request has expired', now, expires)
}

const invalid = (message: string): S3Error => new S3Error('AuthorizationQueryParametersError', message)

const denied = (message: string, now: number, time: number): S3Error =>
  new S3Error('AccessDenied', message, {
    fields: { Expires: new Date(time).toISOString(), ServerTime: new Date(now).toISOString() },
  })
