import type { S3Object, WriteCheck } from './object-table.ts'
import { noSuchKey, S3Error } from './s3-error.ts'
import type { S3Request } from './s3-request.ts'

const failed = (condition: string) =>
  new S3Error('PreconditionFailed', 'at least one of the given preconditions did not hold', {
    fields: { Condition: condition },
  })

const listsEtag = (header: string, etag: string) =>
  header.split(',').some((item) => ['*', etag].includes(item.trim().replace(/^(W\/)?"(.*)"$/, '$2')))

/** Dates of a read are not looked at: HTTP allows to answer the object again. */
export function checkRead({ headers }: S3Request, { etag }: S3Object): void {
  const match = headers['if-match']
  const noneMatch = headers['if-none-match']
  if (match !== undefined && !listsEtag(match, etag)) throw failed('If-Match')
  if (noneMatch !== undefined && listsEtag(noneMatch, etag)) {
    throw new S3Error('NotModified', 'the object is unchanged', { headers: { etag: `"${etag}"` } })
  }
}

/** A copy answers 412 where a read answers 304. */
export function checkCopySource({ headers }: S3Request, { etag }: S3Object): void {
  const match = headers['x-amz-copy-source-if-match']
  const noneMatch = headers['x-amz-copy-source-if-none-match']
  if (match !== undefined && !listsEtag(match, etag)) throw failed('x-amz-copy-source-if-match')
  if (noneMatch !== undefined && listsEtag(noneMatch, etag)) throw failed('x-amz-copy-source-if-none-match')
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
