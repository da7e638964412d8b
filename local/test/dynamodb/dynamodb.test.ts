import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterEach, describe, expect, test } from 'vitest'
import { type DynamoDbService, startDynamoDb } from '#local/dynamodb/dynamodb.ts'
import { emulatorBinary } from '#local/dynamodb/emulator-binary.ts'
import { trimStreamLog } from '#local/dynamodb/stream-log.ts'
import { temporaryFolder } from '../fixtures/assembly.ts'
import { eventually } from '../fixtures/eventually.ts'

const DEFINITION = {
  TableName: 'jobs',
  AttributeDefinitions: [
    { AttributeName: 'pk', AttributeType: 'S' },
    { AttributeName: 'state', AttributeType: 'S' },
  ],
  KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
  BillingMode: 'PAY_PER_REQUEST',
  StreamSpecification: { StreamEnabled: true, StreamViewType: 'NEW_AND_OLD_IMAGES' },
  GlobalSecondaryIndexes: [
    {
      IndexName: 'by-state',
      KeySchema: [{ AttributeName: 'state', KeyType: 'HASH' }],
      Projection: { ProjectionType: 'ALL' },
    },
  ],
}
const running: DynamoDbService[] = []
const start = async (
  dataDir: string,
  definition: Record<string, unknown> = DEFINITION,
): Promise<DynamoDbService> => {
  const tables = [{ name: 'jobs', definition, ttlAttribute: 'ttl' }]
  const service = await startDynamoDb({ dataDir, tables, log: () => undefined })
  running.push(service)
  return service
}
const put = ({ client }: DynamoDbService, pk: string, ttl = '9999999999'): Promise<unknown> =>
  client.call('PutItem', { TableName: 'jobs', Item: { pk: { S: pk }, ttl: { N: ttl } } })
const keysIn = async ({ client }: DynamoDbService): Promise<string[]> => {
  const { Items } = await client.call<{ Items: { pk: { S: string } }[] }>('Scan', { TableName: 'jobs' })
  return Items.map(({ pk }) => pk.S).sort()
}
const pidIn = (dataDir: string): number =>
  Number(readFileSync(join(dataDir, 'dynamodb/dynamodb.db.pid'), 'utf8'))

afterEach(async () => {
  await Promise.all(running.splice(0).map((service) => service.close()))
})

describe('DynamoDB on this machine', () => {
  test('keeps its items over a restart with the same template', async () => {
    const dataDir = temporaryFolder()
    const first = await start(dataDir)
    await put(first, 'a')
    await first.close()
    expect(await keysIn(await start(dataDir))).toEqual(['a'])
  })

  test('refuses a template whose table has another schema than the data', async () => {
    const dataDir = temporaryFolder()
    await (await start(dataDir)).close()
    const { GlobalSecondaryIndexes: _, ...changed } = DEFINITION
    await expect(start(dataDir, changed)).rejects.toThrow(
      /table jobs in the data folder has another GlobalSecondaryIndexes than the template/,
    )
  })

  test('listens where no web page finds it, and lets functions call it there', async () => {
    const service = await start(temporaryFolder())
    const { hostname, port } = await service.endpoint()
    expect(hostname).toMatch(/^127\.(?!0\.)/)
    expect(service.direct).toEqual(await service.endpoint())
    await expect(fetch(`http://127.0.0.1:${port}`)).rejects.toThrow()
  })

  test('lets nobody pass our endpoint by where the database is not our own', async () => {
    const endpoint = (await (await start(temporaryFolder())).endpoint()).href
    const tables = [{ name: 'jobs', definition: DEFINITION }]
    const other = await startDynamoDb({ dataDir: temporaryFolder(), tables, endpoint, log: () => undefined })
    running.push(other)
    expect(other.direct).toBeUndefined()
  })

  test('tells of every write, whoever made it, and of no read', async () => {
    const service = await start(temporaryFolder())
    await put(service, 'a')
    let told = 0
    service.onWrite(() => void told++)
    await put(service, 'b')
    await eventually(() => expect(told).toBeGreaterThan(0))
    told = 0
    for (let reads = 0; reads < 100; reads += 1) await keysIn(service)
    // Some of the write's may have been on their way.
    expect(told).toBeLessThan(20)
  })

  test('comes back by itself when the emulator is killed, with every acknowledged write', async () => {
    const dataDir = temporaryFolder()
    const service = await start(dataDir)
    const endpoint = await service.endpoint()
    await put(service, 'a')
    const pid = pidIn(dataDir)
    process.kill(pid, 'SIGKILL')
    await eventually(() => expect(pidIn(dataDir)).not.toBe(pid))
    expect(await keysIn(service)).toEqual(['a'])
    // Functions know it by their environment.
    expect(await service.endpoint()).toEqual(endpoint)
  })

  test('ends an emulator that was left behind before it opens the same file', async () => {
    const dataDir = temporaryFolder()
    mkdirSync(join(dataDir, 'dynamodb'))
    const dbPath = join(dataDir, 'dynamodb/dynamodb.db')
    const left = spawn(emulatorBinary(), ['serve', '--port', '0', '--db-path', dbPath], { stdio: 'ignore' })
    writeFileSync(`${dbPath}.pid`, String(left.pid))
    const ended = once(left, 'exit')
    await start(dataDir)
    expect((await ended)[1]).toBe('SIGKILL')
  })

  test('removes what has expired and leaves the rest', async () => {
    const service = await start(temporaryFolder())
    await put(service, 'old', '100')
    await put(service, 'new')
    await service.removeExpired([])
    expect(await keysIn(service)).toEqual(['new'])
  })

  test('numbers stream records through an index, not by reading the whole log', async () => {
    const dataDir = temporaryFolder()
    await start(dataDir)
    const database = new DatabaseSync(join(dataDir, 'dynamodb/dynamodb.db'))
    const plan = database
      .prepare(
        `EXPLAIN QUERY PLAN SELECT COALESCE(MAX(CAST(sequence_number AS INTEGER)), 0) + 1
         FROM _stream_records WHERE table_name = ?1`,
      )
      .all('jobs')
    database.close()
    expect(JSON.stringify(plan)).toContain('USING COVERING INDEX stream_by_number')
  })

  test('drops consumed stream records after a day, but never the newest, which gives the next its number', async () => {
    const dataDir = temporaryFolder()
    const service = await start(dataDir)
    const path = join(dataDir, 'dynamodb/dynamodb.db')
    await put(service, 'a')
    await put(service, 'b')
    const numbers = (): unknown[] => {
      const database = new DatabaseSync(path)
      const rows = database.prepare('SELECT sequence_number AS n FROM _stream_records ORDER BY id').all()
      database.close()
      return rows.map((row) => row.n)
    }
    trimStreamLog(path, { tableName: 'jobs', before: 99 })
    expect(numbers()).toEqual(['1', '2'])
    trimStreamLog(path, { tableName: 'jobs', before: 99 }, Date.now() + 2 * 86_400_000)
    expect(numbers()).toEqual(['2'])
    await put(service, 'c')
    expect(numbers()).toEqual(['2', '3'])
  })

  test('refuses a damaged database with one line that names it', async () => {
    const dataDir = temporaryFolder()
    mkdirSync(join(dataDir, 'dynamodb'))
    writeFileSync(join(dataDir, 'dynamodb/dynamodb.db'), 'x'.repeat(20_000))
    await expect(start(dataDir)).rejects.toThrow(/does not open .*dynamodb\.db; if it is damaged, move/)
  })

  test('without its program says what to install or set', () => {
    const missing = (): string => {
      throw new Error('not found')
    }
    expect(() => emulatorBinary(missing)).toThrow(
      /@dynoxide\/linux-x64 is not installed.*AWS_ENDPOINT_URL_DYNAMODB/,
    )
  })
})
