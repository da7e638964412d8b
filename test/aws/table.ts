import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { CreateTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { startEmulator } from 'standdown-local/emulator'

export const TABLE = 'jobs'
/** The samples' times are fixed: what has ended by them must not have expired. */
export const KEPT_DAYS = 36_500

export type Table = { endpoint: string; client: DynamoDBClient; stop(): Promise<void> }

/** A client that retries at once: what is tested is what a retry does, not when it comes. */
export const clientOf = (endpoint: string): DynamoDBClient =>
  new DynamoDBClient({
    endpoint,
    region: 'us-east-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    retryStrategy: {
      acquireInitialRetryToken: async () => ({ getRetryCount: () => 0, getRetryDelay: () => 0 }),
      refreshRetryTokenForRetry: async (token, { errorType }) => {
        if (errorType !== 'TRANSIENT') throw new Error('not to be retried')
        const count = token.getRetryCount() + 1
        return { getRetryCount: () => count, getRetryDelay: () => 0 }
      },
      recordSuccess: () => undefined,
    },
  })

const text = (AttributeName: string) => ({ AttributeName, AttributeType: 'S' as const })
const keys = (hash: string, range: string) => [
  { AttributeName: hash, KeyType: 'HASH' as const },
  { AttributeName: range, KeyType: 'RANGE' as const },
]
const index = (IndexName: string, hash: string, range: string) => ({
  IndexName,
  KeySchema: keys(hash, range),
  Projection: { ProjectionType: 'ALL' as const },
})

/** The emulator with an empty table of the product's shape. */
export async function startTable(): Promise<Table> {
  const folder = await mkdtemp(join(tmpdir(), 'standdown-table-'))
  const dbPath = join(folder, 'db')
  const emulator = await startEmulator({ dbPath, log: () => undefined })
  const endpoint = (await emulator.endpoint()).href
  const client = clientOf(endpoint)
  await client.send(
    new CreateTableCommand({
      TableName: TABLE,
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: ['pk', 'sk', 'active', 'updated_at', 'template', 'list_key'].map(text),
      KeySchema: keys('pk', 'sk'),
      GlobalSecondaryIndexes: [
        index('active', 'active', 'updated_at'),
        index('by_template', 'template', 'list_key'),
      ],
    }),
  )
  const stop = async (): Promise<void> => {
    client.destroy()
    await emulator.close()
    await rm(folder, { recursive: true, force: true })
  }
  return { endpoint, client, stop }
}
