import { createHash } from 'node:crypto'
import { CopyObjectCommand, GetObjectCommand, HeadObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3'
import type { BatchObject, ListedObject } from '../batch/batch.ts'
import { bareEtag, copySource } from '../store/keys.ts'
import type { Migration, Store } from '../store/migration.ts'
import { send } from '../store/send.ts'
import { keptHeaders } from './headers.ts'
import { tagsToCopy } from './tags.ts'
import { withHeaders } from './with-headers.ts'
import { write } from './write.ts'

/** Copies an object in one call and answers the ETag that it got. */
export function copyWhole(migration: Migration, object: BatchObject, signal: AbortSignal): Promise<string> {
  return migration.transfer.serverSide
    ? copyWithinStore(migration, object, signal)
    : copyBetweenStores(migration, object, signal)
}

async function copyWithinStore(
  { source, destination }: Migration,
  { listed, target }: BatchObject,
  signal: AbortSignal,
): Promise<string> {
  const command = new CopyObjectCommand({
    WebsiteRedirectLocation: await redirectOf(source, listed, signal),
    Bucket: destination.bucket,
    Key: target,
    CopySource: copySource(source.bucket, listed.key),
    CopySourceIfMatch: `"${listed.etag}"`,
  })
  const { CopyObjectResult } = await write(destination.client, command, { signal })
  return bareEtag(CopyObjectResult?.ETag)
}

async function copyBetweenStores(
  { source, destination }: Migration,
  { listed, target }: BatchObject,
  signal: AbortSignal,
): Promise<string> {
  const get = new GetObjectCommand({ Bucket: source.bucket, Key: listed.key, IfMatch: `"${listed.etag}"` })
  const found = await send(source.client, get, signal)
  const [bytes, tags] = await Promise.all([
    found.Body?.transformToByteArray() ?? new Uint8Array(),
    tagsToCopy(source, { key: listed.key, count: found.TagCount }, signal),
  ])
  const at = { Bucket: destination.bucket, Key: target }
  const put = new PutObjectCommand({ ...at, Body: bytes, ContentMD5: contentMd5(bytes), Tagging: tags })
  withHeaders(put, keptHeaders(found, destination))
  const { ETag } = await write(destination.client, put, { signal })
  return bareEtag(ETag)
}

/**
 * The store copies everything but a redirect. Objects that are one are empty; asking for each of the others would
 * double the calls.
 */
async function redirectOf(
  { client, bucket }: Store,
  { key, size }: ListedObject,
  signal: AbortSignal,
): Promise<string | undefined> {
  if (size > 0) return undefined
  const found = await send(client, new HeadObjectCommand({ Bucket: bucket, Key: key }), signal)
  return found.WebsiteRedirectLocation
}

/** The one digest of a body that every store checks. */
export const contentMd5 = (bytes: Uint8Array): string => createHash('md5').update(bytes).digest('base64')
