import { CopyObjectCommand, type GetObjectCommandOutput, PutObjectCommand } from '@aws-sdk/client-s3'
import type { BatchObject, ListedObject } from '../batch/batch.ts'
import { bareEtag, copySource } from '../store/keys.ts'
import type { Migration } from '../store/migration.ts'
import type { BatchRun } from './batch-run.ts'
import { keptHeaders } from './headers.ts'
import { ifUnchanged } from './if-unchanged.ts'
import { MAX_HELD, STREAM_BYTES } from './parts.ts'
import { redirectOf } from './redirects.ts'
import { removeObject } from './remove-object.ts'
import { md5Of, openBody } from './source-body.ts'
import { tagsToCopy } from './tags.ts'
import { type BodyInput, sendHeld, sendStream } from './transfer.ts'
import { withHeaders } from './with-headers.ts'
import { write } from './write.ts'

/**
 * Copies an object in one call and answers the ETag that it got. Null where it has to go in parts: a body too large
 * to be held whose MD5 is not known beforehand could arrive damaged, and would lie under the key.
 */
export function copyWhole(run: BatchRun, object: BatchObject, signal: AbortSignal): Promise<string | null> {
  if (run.migration.transfer.serverSide) return copyWithinStore(run, object, signal)
  const { size } = object.listed
  const held = size <= MAX_HELD ? size : STREAM_BYTES
  return run.budget.hold(held, () => copyBetweenStores(run, object, signal))
}

async function copyWithinStore(run: BatchRun, object: BatchObject, signal: AbortSignal): Promise<string> {
  const { source, destination } = run.migration
  const { listed, target } = object
  const redirect = await redirectOf(run.migration, listed, signal)
  const copy = async (CopySourceIfMatch: string | undefined) => {
    const command = new CopyObjectCommand({
      Bucket: destination.bucket,
      Key: target,
      CopySource: copySource(source.bucket, listed.key),
      CopySourceIfMatch,
      WebsiteRedirectLocation: redirect,
    })
    const { CopyObjectResult } = await write(destination.client, command, { signal })
    return bareEtag(CopyObjectResult?.ETag)
  }
  const undo = async (etag: string) => {
    if (run.baseline.existed.includes(object.i)) return
    await removeObject(destination, { key: target, etag }, signal)
  }
  return ifUnchanged(run, object, { copy, undo })
}

async function copyBetweenStores(
  run: BatchRun,
  { listed, target }: BatchObject,
  signal: AbortSignal,
): Promise<string | null> {
  signal.throwIfAborted()
  const extent = { listed, part: null }
  const source = await openBody(run.migration.source, extent, signal)
  const md5 = md5Of(source.found)
  const isHeld = listed.size <= MAX_HELD
  if (!isHeld && md5 === null) {
    source.body.destroy()
    return null
  }
  const prepare = (found: GetObjectCommandOutput) => putOf(run.migration, { found, listed, target }, signal)
  const { output } = await (isHeld ? sendHeld : sendStream)(run, { extent, source, md5, prepare }, signal)
  return bareEtag(output.ETag)
}

type Found = { found: GetObjectCommandOutput; listed: ListedObject; target: string }

async function putOf(
  { source, destination }: Migration,
  { found, listed, target }: Found,
  signal: AbortSignal,
) {
  const headers = keptHeaders(found, destination)
  const tags = await tagsToCopy(source, { key: listed.key, count: found.TagCount }, signal)
  const at = { Bucket: destination.bucket, Key: target, Tagging: tags }
  return (body: BodyInput) => withHeaders(new PutObjectCommand({ ...at, ...body }), headers)
}
