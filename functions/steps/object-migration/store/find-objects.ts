import type { StoredObject } from './find-object.ts'
import { byUtf8, commonPrefix, justBefore } from './key-order.ts'
import { ifMatch } from './keys.ts'
import { type Looking, lookAtEach } from './look-at-each.ts'
import type { Store } from './migration.ts'
import { objectPages } from './object-pages.ts'

const PAGE = 1_000

/** What the keys' neighbours may cost: so many pages are as fast as a few hundred HEADs. */
const FURTHER_PAGES = 10

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
 * whatever else the bucket holds, at first as many as are wanted. Only what that does not tell for sure costs a HEAD.
 */
export async function findObjects(
  store: Store,
  keys: string[],
  looking: Looking,
): Promise<Map<string, StoredObject>> {
  if (keys.length === 0) return new Map()
  const { found, isSure } = await findByList(store, keys, looking.signal)
  const unsure = keys.filter((key) => {
    const object = found.get(key)
    return object ? ifMatch(object.etag) === undefined : !isSure(key)
  })
  for (const [key, object] of await lookAtEach(store, unsure, looking)) {
    if (object) found.set(key, object)
    else found.delete(key)
  }
  return found
}

type Range = { found: Map<string, StoredObject>; isSure: (key: string) => boolean }

async function findByList(store: Store, keys: string[], signal: AbortSignal): Promise<Range> {
  const sorted = keys.toSorted(byUtf8)
  const [first, last] = [sorted[0]!, sorted.at(-1)!]
  const wanted = new Set(keys)
  const found: Range['found'] = new Map()
  const startAfter = justBefore(first)
  const range = { prefix: commonPrefix(keys), startAfter, firstPage: Math.min(keys.length, PAGE) }
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
