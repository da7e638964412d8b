import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { type DynamoDbService, startDynamoDb } from '#local/dynamodb/dynamodb.ts'
import { type Mapping, type Pump, startPump } from '#local/dynamodb/stream-pump.ts'
import type { InvokeResult } from '#local/types.ts'
import { temporaryFolder } from '../fixtures/assembly.ts'

type Batch = {
  Records: { eventName: string; dynamodb: { Keys: { pk: { S: string } }; SequenceNumber: string } }[]
}

const TABLE = {
  TableName: 'jobs',
  AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' }],
  KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
  BillingMode: 'PAY_PER_REQUEST',
  StreamSpecification: { StreamEnabled: true, StreamViewType: 'NEW_AND_OLD_IMAGES' },
}
const MAPPING: Mapping = {
  logicalId: 'Mapping',
  tableName: 'jobs',
  functionName: 'notify',
  functionArn: 'arn:aws:lambda:us-east-1:000000000000:function:notify',
  streamArn: 'arn:aws:dynamodb:us-east-1:000000000000:table/jobs/stream/now',
  batchSize: 10,
  filters: [],
  bisectOnError: false,
  maximumRetryAttempts: 2,
  reportBatchItemFailures: false,
}
const FAILURE: InvokeResult = {
  payload: null,
  functionError: { errorType: 'Error', errorMessage: 'as asked' },
}

let dataDir: string
let dynamodb: DynamoDbService
let pump: Pump | undefined
let batches: string[][]
let failures: { queue: string; message: unknown }[]

beforeEach(async () => {
  dataDir = temporaryFolder()
  batches = []
  failures = []
  dynamodb = await startDynamoDb({
    dataDir,
    tables: [{ name: 'jobs', definition: TABLE }],
    log: () => undefined,
  })
})
afterEach(async () => {
  await pump?.close()
  await dynamodb.close()
})

const put = async (...keys: string[]): Promise<void> => {
  for (const pk of keys) await dynamodb.client.call('PutItem', { TableName: 'jobs', Item: { pk: { S: pk } } })
}
const start = (
  mapping: Partial<Mapping>,
  answer: (batch: Batch) => InvokeResult | Promise<InvokeResult>,
): void => {
  pump = startPump({
    dynamodb: dynamodb.client,
    mappings: [{ ...MAPPING, ...mapping }],
    positionsDir: `${dataDir}/checkpoints`,
    lambda: {
      async invoke(_, payload) {
        const batch = payload as Batch
        batches.push(batch.Records.map(({ dynamodb: { Keys } }) => Keys.pk.S))
        return answer(batch)
      },
    },
    sendFailure: async (queue, message) => void failures.push({ queue, message }),
    log: () => undefined,
    retryMs: 1,
  })
}
const ok = (): InvokeResult => ({ payload: null })

describe('an event source mapping', () => {
  test('gives the function the records in order, in the shape of Lambda', async () => {
    const seen: unknown[] = []
    start({}, (batch) => {
      seen.push(...batch.Records)
      return ok()
    })
    await put('a', 'b')
    await dynamodb.client.call('DeleteItem', { TableName: 'jobs', Key: { pk: { S: 'a' } } })
    pump?.wake()
    await vi.waitFor(() => expect(seen).toHaveLength(3))
    expect(seen).toMatchObject([
      {
        eventName: 'INSERT',
        eventSource: 'aws:dynamodb',
        awsRegion: 'us-east-1',
        eventSourceARN: MAPPING.streamArn,
      },
      {
        eventName: 'INSERT',
        dynamodb: { NewImage: { pk: { S: 'b' } }, StreamViewType: 'NEW_AND_OLD_IMAGES' },
      },
      { eventName: 'REMOVE', dynamodb: { OldImage: { pk: { S: 'a' } } } },
    ])
    expect(new Set(seen.map((record) => (record as { eventID: string }).eventID)).size).toBe(3)
  })

  test('never sends what its filters leave out, and does not stop at it', async () => {
    await put('job-1', 'note-1', 'job-2')
    const filters = [{ dynamodb: { Keys: { pk: { S: [{ prefix: 'job-' }] } } } }]
    start({ filters, batchSize: 2 }, ok)
    await vi.waitFor(() => expect(batches.flat()).toEqual(['job-1', 'job-2']))
  })

  test('goes on after a restart with what was not done, and repeats nothing that was', async () => {
    await put('a')
    start({}, ok)
    await vi.waitFor(() => expect(batches).toEqual([['a']]))
    await vi.waitFor(() => expect(pump?.consumed().get('jobs')).toBe(1))
    await pump?.close()
    await put('b')
    start({}, ok)
    await vi.waitFor(() => expect(batches).toEqual([['a'], ['b']]))
  })

  test('repeats from the failed record when the function reports it', async () => {
    await put('a', 'b', 'c')
    let failed = false
    start({ reportBatchItemFailures: true }, ({ Records }) => {
      if (failed) return { payload: { batchItemFailures: [] } }
      failed = true
      return { payload: { batchItemFailures: [{ itemIdentifier: Records[1]?.dynamodb.SequenceNumber }] } }
    })
    await vi.waitFor(() =>
      expect(batches).toEqual([
        ['a', 'b', 'c'],
        ['b', 'c'],
      ]),
    )
  })

  test('gives a batch up after its retries, tells the queue where it was and goes on', async () => {
    await put('bad')
    start({ onFailureArn: 'queue' }, ({ Records }) =>
      Records[0]?.dynamodb.Keys.pk.S === 'bad' ? FAILURE : ok(),
    )
    await vi.waitFor(() => expect(failures).toHaveLength(1))
    expect(batches).toEqual([['bad'], ['bad'], ['bad']])
    expect(failures[0]).toMatchObject({
      queue: 'queue',
      message: { DDBStreamBatchInfo: { startSequenceNumber: '1', endSequenceNumber: '1', batchSize: 1 } },
    })
    await put('good')
    pump?.wake()
    await vi.waitFor(() => expect(batches.at(-1)).toEqual(['good']))
  })

  test('halves a failing batch until the record at fault stands alone', async () => {
    await put('a', 'bad', 'c', 'd')
    start({ bisectOnError: true, maximumRetryAttempts: 0, onFailureArn: 'queue' }, ({ Records }) =>
      Records.some(({ dynamodb: { Keys } }) => Keys.pk.S === 'bad') ? FAILURE : ok(),
    )
    await vi.waitFor(() => expect(batches.at(-1)).toEqual(['c', 'd']))
    expect(failures).toHaveLength(1)
    expect(batches).toEqual([['a', 'bad', 'c', 'd'], ['a', 'bad'], ['a'], ['bad'], ['c', 'd']])
  })

  test('asks again while the function cannot be reached, without giving up', async () => {
    await put('a')
    let tries = 0
    start({ maximumRetryAttempts: 0 }, () => {
      tries += 1
      if (tries < 4) throw new Error('no environment is free')
      return ok()
    })
    await vi.waitFor(() => expect(tries).toBe(4))
    expect(failures).toEqual([])
  })
})
