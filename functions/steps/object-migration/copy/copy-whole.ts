import { createHash } from 'node:crypto'
import { CopyObjectCommand, GetObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3'
import type { ListedObject } from '../batch/batch.ts'
import { bareEtag, copySource } from '../store/keys.ts'
import type { Migration } from '../store/migration.ts'
import { keptHeaders, keptTags } from './headers.ts'

export type Item = { i: number; object: ListedObject; target: string }

/** Copies an object in one call and answers the ETag it got. */
export function copyWhole(migration: Migration, item: Item, signal: AbortSignal): Promise<string> {
  return migration.transfer.serverSide
    ? withinStore(migration, item, signal)
    : between(migration, item, signal)
}

async function withinStore({ source, destination }: Migration, item: Item, signal: AbortSignal) {
  const { object, target } = item
  const command = new CopyObjectCommand({
    Bucket: destination.bucket,
    Key: target,
    CopySource: copySource(source.bucket, object.key),
    CopySourceIfMatch: `"${object.etag}"`,
  })
  const { CopyObjectResult } = await destination.client.send(command, { abortSignal: signal })
  return bareEtag(CopyObjectResult?.ETag)
}

async function between({ source, destination }: Migration, item: Item, signal: AbortSignal) {
  const { object, target } = item
  const wanted = { Bucket: source.bucket, Key: object.key, IfMatch: `"${object.etag}"` }
  const found = await source.client.send(new GetObjectCommand(wanted), { abortSignal: signal })
  const [bytes, tags] = await Promise.all([
    found.Body?.transformToByteArray() ?? new Uint8Array(),
    keptTags(source, { key: object.key, count: found.TagCount }, signal),
  ])
  const command = new PutObjectCommand({
    Bucket: destination.bucket,
    Key: target,
    Body: bytes,
    ContentMD5: md5Of(bytes),
    ...keptHeaders(found),
    ...tags,
  })
  const { ETag } = await destination.client.send(command, { abortSignal: signal })
  return bareEtag(ETag)
}

/** The one digest that every store checks. */
export const md5Of = (bytes: Uint8Array): string => createHash('md5').update(bytes).digest('base64')
