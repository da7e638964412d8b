import type { Readable } from 'node:stream'
import { GetObjectCommand, type GetObjectCommandOutput } from '@aws-sdk/client-s3'
import type { ListedObject } from '../batch/batch.ts'
import { ObjectError } from '../store/faults.ts'
import { bareEtag, ifMatch, isPlainEtag } from '../store/keys.ts'
import type { Store } from '../store/migration.ts'
import { send } from '../store/send.ts'
import type { Part } from './parts.ts'

/** What is read of an object: all of it, or a part. */
export type Extent = { listed: ListedObject; part: Part | null }

export type SourceBody = { found: GetObjectCommandOutput; body: Readable }

export const rangeOf = ({ start, size }: Part): string => `bytes=${start}-${start + size - 1}`

export const sizeOf = ({ listed, part }: Extent): number => part?.size ?? listed.size

/**
 * Opens an object for reading, if it is still the listed one. An answer of another extent than was asked for is
 * refused before a byte of it is used: some stores ignore Range, and answer the whole object to each part.
 */
export async function openBody(source: Store, extent: Extent, signal: AbortSignal): Promise<SourceBody> {
  const { listed, part } = extent
  const get = new GetObjectCommand({
    Bucket: source.bucket,
    Key: listed.key,
    IfMatch: ifMatch(listed.etag),
    Range: part ? rangeOf(part) : undefined,
  })
  const found = await send(source.client, get, signal)
  const body = found.Body as Readable
  try {
    check(extent, found)
  } catch (error) {
    body.destroy()
    throw error
  }
  return { found, body }
}

/** A store that says neither the length nor the range is found by counting what comes. */
function check(extent: Extent, { ContentLength, ContentRange }: GetObjectCommandOutput): void {
  const { listed, part } = extent
  const size = sizeOf(extent)
  if (!part && ContentLength !== undefined && ContentLength !== size) {
    throw new ObjectError('changed', `the list says ${size} bytes, the object has ${ContentLength}`)
  }
  if (!part) return
  const isAll = part.start === 0 && size === listed.size
  const isAsked =
    ContentRange === undefined ? isAll : ContentRange.startsWith(`${rangeOf(part).replace('=', ' ')}/`)
  if (isAsked && (ContentLength ?? size) === size) return
  const answered = ContentRange ?? `${ContentLength ?? 'an unknown number of'} bytes`
  throw new ObjectError(
    'refused',
    `asked for ${rangeOf(part)}, the source answers ${answered}: it ignores Range`,
  )
}

/** The MD5 of a whole object, where its ETag is one: of nothing that was encrypted or put together of parts. */
export function md5Of({
  ETag,
  ServerSideEncryption,
  SSECustomerAlgorithm,
}: GetObjectCommandOutput): string | null {
  const etag = bareEtag(ETag)
  const isOpaque = ServerSideEncryption?.startsWith('aws:kms') || SSECustomerAlgorithm !== undefined
  return isPlainEtag(etag) && !isOpaque ? etag.toLowerCase() : null
}
