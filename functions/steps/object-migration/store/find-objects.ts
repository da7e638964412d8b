import { HeadObjectCommand, ListObjectsV2Command } from '@aws-sdk/client-s3'
import { inParallel } from '../batch/in-parallel.ts'
import { isGone } from './faults.ts'
import { bareEtag, decodeKey } from './keys.ts'
import type { Store } from './migration.ts'
import { send } from './send.ts'

/** An object as its store has it now. */
export type StoredObject = { etag: string; size: number }

const HEADS_AT_ONCE = 16

/**
 * The objects that exist under `keys`. Where at most 1,000 objects begin with the keys' common prefix, as at
 * an empty destination, one list call tells them all; elsewhere each key costs a HEAD.
 */
export async function findObjects(
  store: Store,
  keys: string[],
  signal: AbortSignal,
): Promise<Map<string, StoredObject>> {
  if (keys.length === 0) return new Map()
  return (await findByList(store, keys, signal)) ?? (await findByHeads(store, keys, signal))
}

export function commonPrefix(keys: string[]): string {
  let prefix = keys[0] ?? ''
  for (const key of keys) while (!key.startsWith(prefix)) prefix = prefix.slice(0, -1)
  // half a surrogate pair has no UTF-8
  return /[\uD800-\uDBFF]$/.test(prefix) ? prefix.slice(0, -1) : prefix
}

async function findByList({ client, bucket }: Store, keys: string[], signal: AbortSignal) {
  const command = new ListObjectsV2Command({
    Bucket: bucket,
    Prefix: commonPrefix(keys),
    EncodingType: 'url',
  })
  const page = await send(client, command, signal)
  if (page.IsTruncated) return null
  const wanted = new Set(keys)
  const listed = (page.Contents ?? []).map(
    ({ Key = '', ETag, Size = 0 }) =>
      [decodeKey(Key, page.EncodingType), { etag: bareEtag(ETag), size: Size }] as const,
  )
  return new Map<string, StoredObject>(listed.filter(([key]) => wanted.has(key)))
}

async function findByHeads(store: Store, keys: string[], signal: AbortSignal) {
  const found = new Map<string, StoredObject>()
  await inParallel(keys, { limit: HEADS_AT_ONCE, signal }, async (key, inner) => {
    const object = await findObject(store, key, inner)
    if (object) found.set(key, object)
  })
  return found
}

export async function findObject(
  { client, bucket }: Store,
  key: string,
  signal: AbortSignal,
): Promise<StoredObject | null> {
  const command = new HeadObjectCommand({ Bucket: bucket, Key: key })
  try {
    const { ETag, ContentLength = 0 } = await send(client, command, signal)
    return { etag: bareEtag(ETag), size: ContentLength }
  } catch (error) {
    if (isGone(error)) return null
    throw error
  }
}
