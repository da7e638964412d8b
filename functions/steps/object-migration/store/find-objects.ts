import { HeadObjectCommand } from '@aws-sdk/client-s3'
import { inParallel } from '../batch/in-parallel.ts'
import { isGone, objectFault } from './faults.ts'
import { byUtf8, commonPrefix, justBefore } from './key-order.ts'
import { bareEtag, ifMatch } from './keys.ts'
import type { Store } from './migration.ts'
import { objectPages } from './object-pages.ts'
import { send } from './send.ts'

/** An object as its store has it now. */
export type StoredObject = { etag: string; size: number; version?: string | undefined }

const HEADS_AT_ONCE = 16
const PAGE = 1_000

/** What the keys' neighbours may cost: so many pages are as fast as a few hundred HEADs. */
const FURTHER_PAGES = 10

/** What may not be looked at counts as there, and as nobody's that is known: it is neither deleted nor relied on. */
const UNSEEN: StoredObject = { etag: '', size: 0 }

/** As `findObjects`, but only what the lists tell for sure: the others may exist or not. */
export async function findListed(
  store: Store,
  keys: string[],
  signal: AbortSignal,
): Promise<Map<string, StoredObject>> {
  if (keys.length === 0) return new Map()
  const { found } = await findByList(store, keys, signal)
  return new Map([...found].filter(([, { etag }]) => ifMatch(etag) !== undefined))
}

/**
 * The objects that exist under `keys`, which lie in listing order: they are listed from the first to the last,
 * whatever else the bucket holds. Only what that does not tell for sure costs a HEAD.
 */
export async function findObjects(
  store: Store,
  keys: string[],
  signal: AbortSignal,
): Promise<Map<string, StoredObject>> {
  if (keys.length === 0) return new Map()
  const { found, isSure } = await findByList(store, keys, signal)
  const unsure = keys.filter((key) => {
    const object = found.get(key)
    return object ? ifMatch(object.etag) === undefined : !isSure(key)
  })
  await inParallel(unsure, { limit: HEADS_AT_ONCE, signal }, async (key, inner) => {
    const object = await lookAt(store, key, inner)
    if (object) found.set(key, object)
    else found.delete(key)
  })
  return found
}

async function lookAt(store: Store, key: string, signal: AbortSignal): Promise<StoredObject | null> {
  try {
    return await findObject(store, key, signal)
  } catch (error) {
    if (signal.aborted || !objectFault(error)) throw error
    return UNSEEN
  }
}

type Range = { found: Map<string, StoredObject>; isSure: (key: string) => boolean }

async function findByList(store: Store, keys: string[], signal: AbortSignal): Promise<Range> {
  const sorted = keys.toSorted(byUtf8)
  const [first, last] = [sorted[0]!, sorted.at(-1)!]
  const wanted = new Set(keys)
  const found: Range['found'] = new Map()
  const range = { prefix: commonPrefix(keys), startAfter: justBefore(first) }
  let pages = Math.ceil(keys.length / PAGE) + FURTHER_PAGES
  let reached: string | null = null
  for await (const page of objectPages(store, range, signal)) {
    for (const { key, etag, size } of page) {
      // a store of another order, or of names that cannot be read, may tell of the others later or never
      if (key === null || (reached !== null && byUtf8(key, reached) < 0))
        return { found, isSure: () => false }
      reached = key
      if (wanted.has(key)) found.set(key, { etag, size })
    }
    pages -= 1
    if (reached !== null && byUtf8(reached, last) >= 0) break
    if (pages === 0) return { found, isSure: (key) => reached !== null && byUtf8(key, reached) <= 0 }
  }
  return { found, isSure: () => true }
}

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
