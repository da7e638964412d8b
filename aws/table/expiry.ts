import type { Item } from './keys.ts'

/** DynamoDB deletes an item up to two days after its time, and answers it until then: here it is gone in time. */
export const isExpired = ({ expires_at }: Item): boolean =>
  expires_at?.N !== undefined && Number(expires_at.N) * 1000 <= Date.now()

export const unlessExpired = (item: Item | undefined): Item | undefined =>
  item && isExpired(item) ? undefined : item

export const withoutExpired = (items: Item[] = []): Item[] => items.filter((item) => !isExpired(item))
