import { createHash } from 'node:crypto'
import { CopyObjectCommand, GetObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3'
import type { BatchObject } from '../batch/batch.ts'
import { bareEtag, copySource } from '../store/keys.ts'
import type { Migration } from '../store/migration.ts'
import { send } from '../store/send.ts'
import { headersToCopy, tagsToCopy } from './headers.ts'
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
  const put = new PutObjectCommand({
    ...headersToCopy(found),
    Bucket: destination.bucket,
    Key: target,
    Body: bytes,
    ContentMD5: contentMd5(bytes),
    Tagging: tags,
  })
  const { ETag } = await write(destination.client, put, { signal })
  return bareEtag(ETag)
}

/** The one digest of a body that every store checks. */
export const contentMd5 = (bytes: Uint8Array): string => createHash('md5').update(bytes).digest('base64')
