import { HeadObjectCommand } from '@aws-sdk/client-s3'
import { isGone } from './faults.ts'
import { bareEtag } from './keys.ts'
import type { Store } from './migration.ts'
import { send } from './send.ts'

/**
 * An object as its store has it now. `unseen`: why it could not be looked at; it counts as there, and as nobody's that
 * is known: it is neither deleted nor relied on.
 */
export type StoredObject = { etag: string; size: number; version?: string | undefined; unseen?: string }

export async function findObject(
  { client, bucket }: Store,
  key: string,
  signal: AbortSignal,
): Promise<StoredObject | null> {
  const command = new HeadObjectCommand({ Bucket: bucket, Key: key })
  try {
    const { ETag, ContentLength = 0, VersionId } = await send(client, command, signal)
    return { etag: bareEtag(ETag), size: ContentLength, version: VersionId }
  } catch (error) {
    if (isGone(error)) return null
    throw error
  }
}
