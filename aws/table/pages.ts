import { type AttributeValue, QueryCommand, type QueryCommandInput } from '@aws-sdk/client-dynamodb'
import type { Page } from '#engine/ports.ts'
import { withoutExpired } from './expiry.ts'
import { ACTIVE, type Item, jobKey, marshalledKey } from './keys.ts'
import type { TableAccess } from './records.ts'

/** A query with a filter reads so many items at a time, and so often in one request: at most 4 MB. */
const READ_AT_ONCE = 250
const MAX_READS = 4

/** How a place in the answers of a query is written as text, and read back as the key to start after. */
export type Places = { placeOf(item: Item): string; keyOf(place: string): Item }

export type PagedQuery = Places & {
  query: Partial<QueryCommandInput>
  after: string | undefined
  limit: number
}

/** Reads no more than it answers where nothing is filtered, and never a whole partition where something is. */
export async function queryPage(
  { client, tableName }: TableAccess,
  { query, after, limit, placeOf, keyOf }: PagedQuery,
): Promise<Page<Item>> {
  const items: Item[] = []
  let from = after === undefined ? undefined : keyOf(after)
  for (let read = 0; read < MAX_READS; read += 1) {
    const Limit = query.FilterExpression ? READ_AT_ONCE : limit - items.length
    const start = from ? { ExclusiveStartKey: from } : {}
    const answer = await client.send(new QueryCommand({ TableName: tableName, ...query, ...start, Limit }))
    items.push(...withoutExpired(answer.Items))
    from = answer.LastEvaluatedKey
    if (items.length > limit) return { items: items.slice(0, limit), next: placeOf(items[limit - 1]!) }
    if (!from) return { items, next: null }
    if (items.length === limit) break
  }
  return { items, next: from ? placeOf(from) : null }
}

const text = (value: AttributeValue | undefined): string => value?.S ?? ''

/** The items of a job by their sort keys. */
export const childPlaces = (jobId: string): Places => ({
  placeOf: (item) => text(item.sk),
  keyOf: (place) => ({ pk: { S: jobId }, sk: { S: place } }),
})

/** Jobs of one template: their key in its index is unique. */
export const newestPlaces = (template: string): Places => ({
  placeOf: (item) => text(item.list_key),
  keyOf: (place) => {
    const [, id = ''] = place.split('#')
    const own = { template: { S: template }, list_key: { S: place } }
    return { ...own, ...marshalledKey(jobKey(id)) }
  },
})

/** Jobs that have not ended: many may have been written at the same time. */
export const latestPlaces: Places = {
  placeOf: (item) => `${text(item.updated_at)}#${text(item.pk)}`,
  keyOf: (place) => {
    const [time = '', id = ''] = place.split('#')
    const own = { active: { S: ACTIVE.going }, updated_at: { S: time } }
    return { ...own, ...marshalledKey(jobKey(id)) }
  },
}
