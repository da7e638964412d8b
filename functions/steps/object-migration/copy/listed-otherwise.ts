import { HeadObjectCommand, type HeadObjectCommandOutput } from '@aws-sdk/client-s3'
import type { ListedObject } from '../batch/batch.ts'
import { isGone, type ObjectFault } from '../store/faults.ts'
import { bareEtag } from '../store/keys.ts'
import type { Store } from '../store/migration.ts'
import { send } from '../store/send.ts'

/**
 * Why an object seems changed. Some stores list an object otherwise than they answer it, such as Swift its large
 * objects and links: what is not as it was listed, and was not written since, was never as it was listed.
 */
export async function explained(
  source: Store,
  { listed, fault }: { listed: ListedObject; fault: ObjectFault },
  signal: AbortSignal,
): Promise<ObjectFault> {
  if (fault.reason !== 'changed') return fault
  const found = await head(source, listed.key, signal)
  if (!found) return fault
  const { size, etag } = { size: found.ContentLength ?? 0, etag: bareEtag(found.ETag) }
  const isAsListed = size === listed.size && etag === listed.etag
  if (isAsListed || mayBeWritten(listed, { size, modified: found.LastModified })) return fault
  const message =
    `the list and the object differ: listed with ${listed.size} bytes and ETag ${listed.etag}, ` +
    `answered with ${size} bytes and ETag ${etag}, with no later date`
  return { reason: 'refused', message }
}

/** HEAD tells whole seconds: a write in the second of the listed date shows only where nothing was listed. */
function mayBeWritten(
  listed: ListedObject,
  { size, modified }: { size: number; modified: Date | undefined },
): boolean {
  const second = (time: number) => Math.floor(time / 1000)
  const [then, now] = [second(Date.parse(listed.last_modified)), second(modified?.getTime() ?? Infinity)]
  return now > then || (now === then && !(listed.size === 0 && size > 0))
}

async function head(
  { client, bucket }: Store,
  key: string,
  signal: AbortSignal,
): Promise<HeadObjectCommandOutput | null> {
  try {
    return await send(client, new HeadObjectCommand({ Bucket: bucket, Key: key }), signal)
  } catch (error) {
    if (isGone(error)) return null
    throw error
  }
}
