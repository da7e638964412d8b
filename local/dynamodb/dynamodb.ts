import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { createDynamoDb, type DynamoDb } from './dynamodb-client.ts'
import { startEmulator } from './emulator.ts'
import { ensureTable, type TableSpec } from './ensure-table.ts'
import { type Consumed, indexStreamLog, trimStreamLog } from './stream-log.ts'
import { deleteExpired } from './ttl.ts'

export type DynamoDbOptions = {
  dataDir: string
  tables: TableSpec[]
  /** A DynamoDB that runs already, instead of the emulator. */
  endpoint?: string
  log(line: string): void
}

export interface DynamoDbService {
  client: DynamoDb
  endpoint(): Promise<URL>
  /** Deletes expired items, and stream records that nobody needs any more. */
  removeExpired(consumed: Consumed[]): Promise<void>
  close(): Promise<void>
}

/** Starts DynamoDB with the template's tables. */
export async function startDynamoDb(options: DynamoDbOptions): Promise<DynamoDbService> {
  const { endpoint, close, trim } = options.endpoint
    ? external(new URL(options.endpoint))
    : await ownEmulator(options)
  const client = createDynamoDb(endpoint)
  const service = {
    client,
    endpoint,
    async removeExpired(consumed: Consumed[]) {
      for (const { name, ttlAttribute, definition } of options.tables) {
        if (ttlAttribute === undefined) continue
        const keys = (definition.KeySchema as { AttributeName: string }[]).map((key) => key.AttributeName)
        await deleteExpired(client, { name, keys, ttlAttribute })
      }
      consumed.forEach(trim)
    },
    async close() {
      client.close()
      await close()
    },
  }
  try {
    for (const table of options.tables) await ensureTable(client, table)
  } catch (error) {
    await service.close()
    throw error
  }
  return service
}

type Source = { endpoint(): Promise<URL>; close(): Promise<void>; trim(consumed: Consumed): void }

function external(url: URL): Source {
  return { endpoint: async () => url, close: async () => undefined, trim: () => undefined }
}

async function ownEmulator({ dataDir, log }: DynamoDbOptions): Promise<Source> {
  const directory = join(dataDir, 'dynamodb')
  mkdirSync(directory, { recursive: true, mode: 0o700 })
  const dbPath = join(directory, 'dynamodb.db')
  const emulator = await startEmulator({ dbPath, log })
  indexStreamLog(dbPath)
  return {
    endpoint: emulator.endpoint,
    close: emulator.close,
    trim: (consumed) => trimStreamLog(dbPath, consumed),
  }
}
