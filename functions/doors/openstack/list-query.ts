import { invalidRequest } from '#core/api/requests.ts'
import { NotFoundError } from '#core/errors.ts'

/** A page holds so many at most, and by default. */
export const MAX_LIMIT = 1_000

export type ListQuery<Key extends string> = {
  limit: number
  marker: string | null
  sortKey: Key
  sortDir: 'asc' | 'desc'
}

type Rules<Key extends string> = {
  sortKeys: readonly Key[]
  sortKey: Key
  isMarker: (text: string) => boolean
}
type Query = Record<string, string | undefined>

const fault = (name: string, detail: string): Error =>
  invalidRequest('the query is not valid', [{ pointer: `?${name}`, detail }])

/** @throws RequestInvalidError */
export function listQuery<Key extends string>(query: Query, rules: Rules<Key>): ListQuery<Key> {
  const { limit = String(MAX_LIMIT), marker = null, sort_key = rules.sortKey, sort_dir = 'asc' } = query
  if (!/^\d{1,9}$/.test(limit) || Number(limit) === 0) {
    throw fault('limit', `is ${JSON.stringify(limit.slice(0, 20))}: Limit must be positive`)
  }
  const sortKey = rules.sortKeys.find((key) => key === sort_key)
  if (sortKey === undefined) {
    throw fault(
      'sort_key',
      `is ${JSON.stringify(sort_key.slice(0, 40))}: there are ${rules.sortKeys.join(', ')}`,
    )
  }
  if (sort_dir !== 'asc' && sort_dir !== 'desc') {
    throw fault('sort_dir', `is ${JSON.stringify(sort_dir.slice(0, 20))}: asc or desc`)
  }
  if (marker !== null && !rules.isMarker(marker)) {
    throw fault('marker', `is ${JSON.stringify(marker.slice(0, 40))}: Expected a UUID`)
  }
  return { limit: Math.min(Number(limit), MAX_LIMIT), marker, sortKey, sortDir: sort_dir }
}

type Sorting<Item, Key extends string> = {
  query: ListQuery<Key>
  idOf: (item: Item) => string
  sortedBy: (item: Item, key: Key) => unknown
  /** What the marker's own error calls an item. */
  noun: string
}

export type OpenStackPage<Item> = { items: Item[]; more: boolean }

/**
 * The page after the marker. Ties are in the order of the ids, so that pages neither repeat nor miss.
 *
 * @throws NotFoundError where there is no item of the marker's id
 */
export function pageOf<Item, Key extends string>(
  all: Item[],
  { query, idOf, sortedBy, noun }: Sorting<Item, Key>,
): OpenStackPage<Item> {
  const { limit, marker, sortKey, sortDir } = query
  const turn = sortDir === 'asc' ? 1 : -1
  const sorted = [...all].sort(
    (a, b) => turn * (compare(sortedBy(a, sortKey), sortedBy(b, sortKey)) || compare(idOf(a), idOf(b))),
  )
  const at = marker === null ? -1 : sorted.findIndex((item) => idOf(item) === marker)
  if (marker !== null && at === -1) throw new NotFoundError(`${noun} ${marker} could not be found`)
  const items = sorted.slice(at + 1, at + 1 + limit)
  return { items, more: sorted.length > at + 1 + items.length }
}

/** What is absent comes first, as in a database. */
function compare(a: unknown, b: unknown): number {
  const [left, right] = [a, b].map((value) => (value === null || value === undefined ? '' : String(value)))
  return left === right ? 0 : (left ?? '') < (right ?? '') ? -1 : 1
}
