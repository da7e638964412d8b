import { AwsError } from '#local/types.ts'
import type { DynamoDb, Json } from './dynamodb-client.ts'

export type TableSpec = { name: string; definition: Json; ttlAttribute?: string }

/** Creates a table of the template, or checks that the one in the data folder is still the same. */
export async function ensureTable(
  dynamodb: DynamoDb,
  { name, definition, ttlAttribute }: TableSpec,
): Promise<void> {
  const existing = await describe(dynamodb, name)
  if (existing) checkSchema(name, { wanted: definition, existing })
  else await dynamodb.call('CreateTable', definition)
  if (ttlAttribute === undefined) return
  const { TimeToLiveDescription: ttl } = await dynamodb.call<TimeToLive>('DescribeTimeToLive', {
    TableName: name,
  })
  if (ttl?.AttributeName === ttlAttribute) return
  const TimeToLiveSpecification = { Enabled: true, AttributeName: ttlAttribute }
  await dynamodb.call('UpdateTimeToLive', { TableName: name, TimeToLiveSpecification })
}

type TimeToLive = { TimeToLiveDescription?: { AttributeName?: string } }

async function describe(dynamodb: DynamoDb, name: string): Promise<Json | undefined> {
  try {
    return (await dynamodb.call<{ Table: Json }>('DescribeTable', { TableName: name })).Table
  } catch (error) {
    if (error instanceof AwsError && error.code === 'ResourceNotFoundException') return undefined
    throw error
  }
}

function checkSchema(name: string, { wanted, existing }: { wanted: Json; existing: Json }): void {
  const before = comparable(existing)
  const now = comparable(wanted)
  const changed = Object.keys(now).filter((key) => now[key] !== before[key])
  if (changed.length === 0) return
  throw new Error(
    `table ${name} in the data folder has another ${changed.join(' and ')} than the template; ` +
      'start with an empty data folder, or move the old one away',
  )
}

function comparable(table: Json): Record<string, string> {
  const attributes = sorted(table.AttributeDefinitions, 'AttributeName')
  const { StreamViewType = 'none' } = (table.StreamSpecification ?? {}) as Json
  return {
    AttributeDefinitions: JSON.stringify(attributes.map((a) => [a.AttributeName, a.AttributeType])),
    KeySchema: keysOf(table),
    GlobalSecondaryIndexes: indexesOf(table.GlobalSecondaryIndexes),
    LocalSecondaryIndexes: indexesOf(table.LocalSecondaryIndexes),
    StreamViewType: String(StreamViewType),
  }
}

function indexesOf(indexes: unknown): string {
  return JSON.stringify(
    sorted(indexes, 'IndexName').map((index) => {
      const { ProjectionType, NonKeyAttributes = [] } = (index.Projection ?? {}) as Json
      return [index.IndexName, keysOf(index), ProjectionType, [...(NonKeyAttributes as string[])].sort()]
    }),
  )
}

function keysOf({ KeySchema }: Json): string {
  return JSON.stringify(sorted(KeySchema, 'KeyType').map((key) => [key.AttributeName, key.KeyType]))
}

function sorted(list: unknown, by: string): Json[] {
  return [...((list ?? []) as Json[])].sort((a, b) => String(a[by]).localeCompare(String(b[by])))
}
