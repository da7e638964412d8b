import { HeadObjectCommand, ListObjectsV2Command } from '@aws-sdk/client-s3'
import { inParallel } from '../batch/in-parallel.ts'
import { isGone } from './faults.ts'
import { bareEtag, decodeKey } from './keys.ts'
import type { Store } from './migration.ts'

export type Seen = { etag: string; size: number }

const HEADS_AT_ONCE = 16

/**
 * What lies under `keys`: one list call where what they have in common holds at most 1,000 objects, which
 * for an empty destination it does, otherwise one HEAD each.
 */
export async function look(store: Store, keys: string[], signal: AbortSignal): Promise<Map<string, Seen>> {
  if (keys.length === 0) return new Map()
  return (await listed(store, keys, signal)) ?? (await headed(store, keys, signal))
}

export function commonPrefix(keys: string[]): string {
  let prefix = keys[0] ?? ''
  for (const key of keys) while (!key.startsWith(prefix)) prefix = prefix.slice(0, -1)
  // half a surrogate pair has no UTF-8
  return /[\uD800-\uDBFF]$/.test(prefix) ? prefix.slice(0, -1) : prefix
}

async function listed({ client, bucket }: Store, keys: string[], signal: AbortSignal) {
  const wanted = { Bucket: bucket, Prefix: commonPrefix(keys), EncodingType: 'url' as const }
  const page = await client.send(new ListObjectsV2Command(wanted), { abortSignal: signal })
  if (page.IsTruncated) return null
  const among = new Set(keys)
  const found = (page.Contents ?? []).map(
    ({ Key = '', ETag, Size = 0 }) =>
      [decodeKey(Key, page.EncodingType), { etag: bareEtag(ETag), size: Size }] as const,
  )
  return new Map<string, Seen>(found.filter(([key]) => among.has(key)))
}

async function headed(store: Store, keys: string[], signal: AbortSignal): Promise<Map<string, Seen>> {
  const seen = new Map<string, Seen>()
  await inParallel(keys, { limit: HEADS_AT_ONCE, signal }, async (key, inner) => {
    const found = await head(store, key, inner)
    if (found) seen.set(key, found)
  })
  return seen
}

export async function head(store: Store, key: string, signal: AbortSignal): Promise<Seen | null> {
  const at = { Bucket: store.bucket, Key: key }
  try {
    const { ETag, ContentLength = 0 } = await store.client.send(new HeadObjectCommand(at), {
      abortSignal: signal,
    })
    return { etag: bareEtag(ETag), size: ContentLength }
  } catch (error) {
    if (isGone(error)) return null
    throw error
  }
}
