import { type DynamoDbService, startDynamoDb } from '#local/dynamodb/dynamodb.ts'
import { type Mapping, type Pump, startPump } from '#local/dynamodb/stream-pump.ts'
import type { InvokeResult } from '#local/types.ts'
import { temporaryFolder } from '../fixtures/assembly.ts'

export type Batch = {
  Records: { eventName: string; dynamodb: { Keys: { pk: { S: string } }; SequenceNumber: string } }[]
}
type Answer = (batch: Batch) => InvokeResult | Promise<InvokeResult>

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

const SIGNED = {
  'content-type': 'application/x-amz-json-1.0',
  'x-amz-date': '20200101T000000Z',
  authorization:
    'AWS4-HMAC-SHA256 Credential=local/20200101/us-east-1/dynamodb/aws4_request, SignedHeaders=host, Signature=0',
}

export const STREAM_ARN = MAPPING.streamArn
export const OK: InvokeResult = { payload: null }
export const FAILURE: InvokeResult = {
  payload: null,
  functionError: { errorType: 'Error', errorMessage: 'as asked' },
}
export const holds = ({ Records }: Batch, key: string): boolean =>
  Records.some(({ dynamodb: { Keys } }) => Keys.pk.S === key)

export type StreamKit = Awaited<ReturnType<typeof openStreamKit>>

/** A table with a stream; what its function got, batch by batch, and what was told to the failure queue. */
export async function openStreamKit() {
  const dataDir = temporaryFolder()
  const log = () => undefined
  const tables = [{ name: 'jobs', definition: TABLE }]
  const dynamodb: DynamoDbService = await startDynamoDb({ dataDir, tables, log })
  const batches: string[][] = []
  const failures: { queue: string; message: unknown }[] = []
  let pump: Pump | undefined
  const call = (operation: string, input: object) =>
    dynamodb.client.call(operation, { TableName: 'jobs', ...input })
  return {
    batches,
    failures,
    call,
    /** The answer as it comes over the wire, of a request that may fail. */
    raw: async (operation: string, input: object) => {
      const headers = { 'x-amz-target': `DynamoDB_20120810.${operation}`, ...SIGNED }
      const body = JSON.stringify({ TableName: 'jobs', ...input })
      const answer = await fetch(await dynamodb.endpoint(), { method: 'POST', headers, body })
      return { status: answer.status, body: (await answer.json()) as Record<string, unknown> }
    },
    put: async (...keys: string[]): Promise<void> => {
      for (const pk of keys) await call('PutItem', { Item: { pk: { S: pk } } })
    },
    start(mapping: Partial<Mapping>, answer: Answer): void {
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
        log,
        retryMs: 1,
      })
    },
    wake: () => pump?.wake(),
    consumed: () => pump?.consumed().get('jobs'),
    stop: async () => pump?.close(),
    close: async (): Promise<void> => {
      await pump?.close()
      await dynamodb.close()
    },
  }
}
