import { AwsError } from '#local/types.ts'
import type { DynamoDb, Json } from './dynamodb-client.ts'

export type ExpiringTable = { name: string; keys: string[]; ttlAttribute: string }

/** Deletes what has expired, which the emulator does not do by itself. Answers how many items went. */
export async function deleteExpired(
  dynamodb: DynamoDb,
  table: ExpiringTable,
  now = Date.now(),
): Promise<number> {
  const condition = {
    ExpressionAttributeNames: { '#ttl': table.ttlAttribute },
    ExpressionAttributeValues: { ':now': { N: String(Math.floor(now / 1000)) } },
  }
  let deleted = 0
  let start: Json | undefined
  do {
    const page = await dynamodb.call<{ Items?: Json[]; LastEvaluatedKey?: Json }>('Scan', {
      TableName: table.name,
      FilterExpression: '#ttl < :now',
      ...condition,
      ...(start && { ExclusiveStartKey: start }),
    })
    for (const item of page.Items ?? []) deleted += await deleteOne(dynamodb, { table, item, condition })
    start = page.LastEvaluatedKey
  } while (start)
  return deleted
}

type Deletion = { table: ExpiringTable; item: Json; condition: Json }

async function deleteOne(dynamodb: DynamoDb, { table, item, condition }: Deletion): Promise<number> {
  const Key = Object.fromEntries(table.keys.map((name) => [name, item[name]]))
  try {
    // Written again since the scan: then it no longer expires.
    const ConditionExpression = '#ttl < :now'
    await dynamodb.call('DeleteItem', { TableName: table.name, Key, ConditionExpression, ...condition })
    return 1
  } catch (error) {
    if (error instanceof AwsError && error.code === 'ConditionalCheckFailedException') return 0
    throw error
  }
}
