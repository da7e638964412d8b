import type { Page, PageQuery } from '../ports.ts'

/** The page of `sorted` after a place; `placeOf` names each item's. */
export function pageOf<Item>(
  sorted: Item[],
  placeOf: (item: Item) => string,
  { after, limit }: PageQuery,
): Page<Item> {
  const at = after === undefined ? -1 : sorted.findIndex((item) => placeOf(item) === after)
  const items = sorted.slice(at + 1, at + 1 + limit)
  const last = items.at(-1)
  const isEnd = last === undefined || at + 1 + limit >= sorted.length
  return { items, next: isEnd ? null : placeOf(last) }
}
