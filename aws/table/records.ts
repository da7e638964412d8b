import {
  type DynamoDBClient,
  GetItemCommand,
  QueryCommand,
  type QueryCommandInput,
} from '@aws-sdk/client-dynamodb'
import type { Job } from '#core/job/job.ts'
import type { Step } from '#core/step/step.ts'
import type { Versioned } from '#engine/apply.ts'
import { decode, encode, encodeFrom } from './codec.ts'
import { conditionalWrite } from './conditional-write.ts'
import { unlessExpired, withoutExpired } from './expiry.ts'
import { expiryOf, type Item, type ItemKey, marshalledKey } from './keys.ts'

/** Which table, and how long an ended job stays in it. */
export type TableAccess = { client: DynamoDBClient; tableName: string; retentionDays: number }

/** The job or step at `key`, with the optimistic write that every change goes through. */
export const recordAt = <Value extends Job | Step>(table: TableAccess, key: ItemKey): Versioned<Value> => ({
  read: async () => {
    const item = await getItem(table, key, { consistent: true })
    return item && decode<Value>(item)
  },
  write: async (from, to) => {
    const expiry = (value: Value): number | undefined => expiryOf(value, table.retentionDays)
    const before = from && encodeFrom(key, from, expiry(from))
    const change = { key, from: before, to: encode(key, to, expiry(to)) }
    const written = await conditionalWrite(table.client, table.tableName, change)
    if (written.kind === 'written') return written
    return { kind: 'lost', current: written.current && decode<Value>(written.current) }
  },
})

export async function getItem(
  { client, tableName }: TableAccess,
  key: ItemKey,
  { consistent }: { consistent: boolean },
): Promise<Item | undefined> {
  const Key = marshalledKey(key)
  const command = new GetItemCommand({ TableName: tableName, Key, ConsistentRead: consistent })
  return unlessExpired((await client.send(command)).Item)
}

/** The items of a job whose sort key begins so, in its order; strongly consistent. */
export const childrenQuery = (jobId: string, prefix: string): Partial<QueryCommandInput> => ({
  ConsistentRead: true,
  KeyConditionExpression: 'pk = :pk AND begins_with(sk, :prefix)',
  ExpressionAttributeValues: { ':pk': { S: jobId }, ':prefix': { S: prefix } },
})

/** All pages of a query, or as many as hold `enough` items. */
export async function queryAll(
  table: TableAccess,
  query: Partial<QueryCommandInput>,
  enough = Number.POSITIVE_INFINITY,
): Promise<Item[]> {
  const items: Item[] = []
  for await (const page of pagesOf(table, query)) {
    items.push(...page)
    if (items.length >= enough) break
  }
  return items
}

/** One page after the other: a megabyte of items is several in the memory of a function. */
export async function* pagesOf(
  { client, tableName }: TableAccess,
  query: Partial<QueryCommandInput>,
): AsyncGenerator<Item[]> {
  let from: Item | undefined
  do {
    const page = { TableName: tableName, ...query, ...(from ? { ExclusiveStartKey: from } : {}) }
    const answer = await client.send(new QueryCommand(page))
    yield withoutExpired(answer.Items)
    from = answer.LastEvaluatedKey
  } while (from)
}
