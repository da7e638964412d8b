import type { Page, PageQuery } from '../ports.ts'

/** The page of `sorted` after a place, which need not be an item's; `placeOf` names each item's. */
export function pageOf<Item>(
  sorted: Item[],
  placeOf: (item: Item) => string,
  { after, limit }: PageQuery,
): Page<Item> {
  const left = after === undefined ? sorted : sorted.filter((item) => placeOf(item) > after)
  const items = left.slice(0, limit)
  const last = items.at(-1)
  const isEnd = last === undefined || left.length <= limit
  return { items, next: isEnd ? null : placeOf(last) }
}
