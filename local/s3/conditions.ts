import { noSuchKey, S3Error } from './errors.ts'
import type { StoredObject, WriteCheck } from './object-store.ts'
import type { S3Request } from './request.ts'

type Version = Pick<StoredObject, 'etag' | 'modifiedAt'>

const failed = (condition: string) =>
  new S3Error('PreconditionFailed', 'at least one of the given preconditions did not hold', {
    fields: { Condition: condition },
  })

const listsEtag = (header: string, etag: string) =>
  header.split(',').some((item) => ['*', etag].includes(item.trim().replace(/^(W\/)?"(.*)"$/, '$2')))

/** A date that cannot be read is ignored, as HTTP asks. */
function isAfter(modifiedAt: number, header: string | undefined): boolean | undefined {
  const date = header === undefined ? Number.NaN : Date.parse(header)
  return Number.isNaN(date) ? undefined : modifiedAt > date
}

interface Outcome {
  failedOn: string | undefined
  unchangedOn: string | undefined
}

/** RFC 9110, 13.2.2: an entity tag, when given, decides instead of the date beside it. */
function evaluate(headers: Record<string, string>, prefix: string, version: Version): Outcome {
  const match = headers[`${prefix}if-match`]
  const noneMatch = headers[`${prefix}if-none-match`]
  const newer = isAfter(version.modifiedAt, headers[`${prefix}if-unmodified-since`])
  const modified = isAfter(version.modifiedAt, headers[`${prefix}if-modified-since`])
  const outcome: Outcome = { failedOn: undefined, unchangedOn: undefined }
  if (match !== undefined && !listsEtag(match, version.etag)) outcome.failedOn = 'If-Match'
  else if (match === undefined && newer) outcome.failedOn = 'If-Unmodified-Since'
  if (noneMatch !== undefined && listsEtag(noneMatch, version.etag)) outcome.unchangedOn = 'If-None-Match'
  else if (noneMatch === undefined && modified === false) outcome.unchangedOn = 'If-Modified-Since'
  return outcome
}

export function checkRead({ headers }: S3Request, object: StoredObject): void {
  const { failedOn, unchangedOn } = evaluate(headers, '', object)
  if (failedOn) throw failed(failedOn)
  if (unchangedOn) {
    const etag = `"${object.etag}"`
    throw new S3Error('NotModified', 'the object is unchanged', { headers: { etag } })
  }
}

/** A copy answers 412 where a read answers 304. */
export function checkCopySource({ headers }: S3Request, source: StoredObject): void {
  const prefix = 'x-amz-copy-source-'
  const { failedOn, unchangedOn } = evaluate(headers, prefix, source)
  const condition = failedOn ?? unchangedOn
  if (condition) throw failed(prefix + condition.toLowerCase())
}

export function writeCheck({ headers, key }: S3Request): WriteCheck {
  const match = headers['if-match']
  const noneMatch = headers['if-none-match']
  if (noneMatch !== undefined && noneMatch !== '*') {
    throw new S3Error('NotImplemented', `if-none-match of a write must be *, got ${noneMatch}`)
  }
  return (existing) => {
    if (noneMatch !== undefined && existing) throw failed('If-None-Match')
    if (match === undefined) return
    if (!existing) throw noSuchKey(key)
    if (!listsEtag(match, existing.etag)) throw failed('If-Match')
  }
}
