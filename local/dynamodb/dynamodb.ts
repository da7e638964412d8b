import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { createDynamoDb, type DynamoDb } from './dynamodb-client.ts'
import { startEmulator } from './emulator.ts'
import { ensureTable, type TableSpec } from './ensure-table.ts'
import { pickLoopbackAddress } from './loopback-address.ts'
import { type Consumed, indexStreamLog, trimStreamLog } from './stream-log.ts'
import { deleteExpired } from './ttl.ts'
import { watchWrites } from './write-watch.ts'

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
  /** For the functions, where calls may pass our own endpoint by: no page finds it, and writes are heard of. */
  direct: URL | undefined
  onWrite(listener: () => void): void
  /** Deletes expired items, and stream records that nobody needs any more. */
  removeExpired(consumed: Consumed[]): Promise<void>
  close(): Promise<void>
}

/** Starts DynamoDB with the template's tables. */
export async function startDynamoDb(options: DynamoDbOptions): Promise<DynamoDbService> {
  const source = options.endpoint ? external(new URL(options.endpoint)) : await ownEmulator(options)
  const { endpoint, direct, onWrite } = source
  const client = createDynamoDb(endpoint)
  const service = {
    client,
    endpoint,
    direct,
    onWrite,
    async removeExpired(consumed: Consumed[]) {
      for (const { name, ttlAttribute, definition } of options.tables) {
        if (ttlAttribute === undefined) continue
        const keys = (definition.KeySchema as { AttributeName: string }[]).map((key) => key.AttributeName)
        await deleteExpired(client, { name, keys, ttlAttribute })
      }
      consumed.forEach(source.trim)
    },
    async close() {
      client.close()
      await source.close()
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

type Source = Pick<DynamoDbService, 'endpoint' | 'direct' | 'onWrite' | 'close'> & {
  trim(consumed: Consumed): void
}

function external(url: URL): Source {
  const nothing = () => undefined
  return {
    endpoint: async () => url,
    direct: undefined,
    onWrite: nothing,
    close: async () => {},
    trim: nothing,
  }
}

async function ownEmulator({ dataDir, log }: DynamoDbOptions): Promise<Source> {
  const directory = join(dataDir, 'dynamodb')
  mkdirSync(directory, { recursive: true, mode: 0o700 })
  const dbPath = join(directory, 'dynamodb.db')
  const address = await pickLoopbackAddress()
  if (!address.isSecret) log(ONLY_ADDRESS)
  const emulator = await startEmulator({ dbPath, address, log })
  indexStreamLog(dbPath)
  const writes = watchWrites(dbPath, log)
  return {
    endpoint: emulator.endpoint,
    direct: address.isSecret && writes ? await emulator.endpoint() : undefined,
    onWrite: (listener) => writes?.listen(listener),
    async close() {
      writes?.close()
      await emulator.close()
    },
    trim: (consumed) => trimStreamLog(dbPath, consumed),
  }
}

const ONLY_ADDRESS =
  'this machine has no other loopback address than 127.0.0.1: a web page open here that finds the port of the ' +
  'DynamoDB emulator could change its tables'
