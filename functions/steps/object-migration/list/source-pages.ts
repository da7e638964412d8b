import type { ListedObject } from '../batch/batch.ts'
import { ifMatch } from '../store/keys.ts'
import { type Looking, lookAtEach } from '../store/look-at-each.ts'
import type { Migration, Store } from '../store/migration.ts'
import { type FoundObject, objectPages } from '../store/object-pages.ts'
import { shownKey } from '../store/store-error.ts'
import { isArchived } from './not-kept.ts'

/** `listed`: as it goes into a manifest. */
export type SourceObject = { listed: ListedObject; found: FoundObject }

/**
 * The source's objects, page by page, from the first key after `startAfter`. A retry goes on from a key and not
 * from a continuation token, because in some stores a token ends with its session.
 */
export async function* sourcePages(
  migration: Migration,
  startAfter: string | null,
  signal: AbortSignal,
): AsyncGenerator<SourceObject[]> {
  const { source, options, pauses } = migration
  const prefix = source.prefix + (options.filter.prefix ?? '')
  const range = { prefix, startAfter: startAfter ?? undefined, restores: source.isAmazon }
  for await (const page of objectPages(source, range, signal)) {
    const objects = page.map((found) => ({ listed: toListed(migration, found), found }))
    const listed = objects.map((object) => object.listed)
    await addEtags(source, listed, { signal, pauses })
    yield objects
  }
}

function toListed(migration: Migration, found: FoundObject): ListedObject {
  const { key, encodedKey, size, etag, modified, storageClass } = found
  const listed = { size, etag, last_modified: (modified ?? new Date(0)).toISOString() }
  if (key !== null && isArchived(migration, found)) {
    const message = `archived (${storageClass}) and not restored: restore it at the source, or leave it out by a filter`
    return { key, ...listed, fault: { reason: 'refused', message } }
  }
  if (key !== null) return { key, ...listed }
  const message = `listed as ${shownKey(encodedKey)}, which is no URL encoding of UTF-8: it cannot be asked for`
  return { key: encodedKey, ...listed, fault: { reason: 'refused', message }, is_encoded: true }
}

/**
 * Where the listing has no ETag, or a weak one, HEAD's is taken: without one a change would not be seen. What keeps an
 * object from being looked at is told by its copy.
 */
async function addEtags(source: Store, objects: ListedObject[], looking: Looking): Promise<void> {
  const without = objects.filter(({ etag, fault }) => !fault && ifMatch(etag) === undefined)
  const [first] = without
  if (!first) return
  await source.lacks.tell('listed-etags', `listed with the ETag "${first.etag}"`, looking.signal)
  const keys = without.map(({ key }) => key)
  const seen = await lookAtEach(source, keys, looking)
  for (const object of without) object.etag = seen.get(object.key)?.etag || object.etag
}
