import { expect } from 'vitest'
import { FAILURE, holds, OK, STREAM_ARN, type StreamKit } from '../dynamodb/stream-kit.ts'
import { eventually } from '../fixtures/eventually.ts'
import type { GoldenRow } from './golden.ts'

const API = 'https://docs.aws.amazon.com/amazondynamodb/latest/APIReference'
const LAMBDA = 'https://docs.aws.amazon.com/lambda/latest/dg'

/** Writes the owner where there is none, as the claim of a lock does. */
const claim = (kit: StreamKit, owner: string) =>
  kit.raw('UpdateItem', {
    Key: { pk: { S: 'lock' } },
    UpdateExpression: 'SET #owner = :owner',
    ConditionExpression: 'attribute_not_exists(#owner)',
    ExpressionAttributeNames: { '#owner': 'owner' },
    ExpressionAttributeValues: { ':owner': { S: owner } },
    ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
  })

const items: GoldenRow<StreamKit>[] = [
  {
    behaviour:
      'a conditional write that is sent again after it landed fails, and ALL_OLD gives what it wrote',
    source: `${API}/API_UpdateItem.html`,
    async check(kit) {
      expect((await claim(kit, 'me')).status).toBe(200)
      const { status, body } = await claim(kit, 'me')
      expect(status).toBe(400)
      expect(body.__type).toMatch(/#ConditionalCheckFailedException$/)
      expect(body.Item).toEqual({ pk: { S: 'lock' }, owner: { S: 'me' } })
    },
  },
  {
    behaviour: 'a strongly consistent read sees the last write',
    source:
      'https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/HowItWorks.ReadConsistency.html',
    async check(kit) {
      await claim(kit, 'me')
      const read = await kit.call('GetItem', { Key: { pk: { S: 'lock' } }, ConsistentRead: true })
      expect(read).toMatchObject({ Item: { owner: { S: 'me' } } })
    },
  },
]

const streams: GoldenRow<StreamKit>[] = [
  {
    behaviour: 'a function gets the records of a stream in order, in the shape of Lambda',
    source: `${LAMBDA}/with-ddb.html`,
    async check(kit) {
      const seen: unknown[] = []
      kit.start({}, (batch) => {
        seen.push(...batch.Records)
        return OK
      })
      await kit.put('a', 'b')
      await kit.call('DeleteItem', { Key: { pk: { S: 'a' } } })
      kit.wake()
      await eventually(() => expect(seen).toHaveLength(3))
      const origin = { eventSource: 'aws:dynamodb', awsRegion: 'us-east-1', eventSourceARN: STREAM_ARN }
      const StreamViewType = 'NEW_AND_OLD_IMAGES'
      expect(seen).toMatchObject([
        { eventName: 'INSERT', ...origin },
        { eventName: 'INSERT', dynamodb: { NewImage: { pk: { S: 'b' } }, StreamViewType } },
        { eventName: 'REMOVE', dynamodb: { OldImage: { pk: { S: 'a' } } } },
      ])
      expect(new Set(seen.map((record) => (record as { eventID: string }).eventID)).size).toBe(3)
    },
  },
  {
    behaviour: 'a function never gets what its filters leave out, and the mapping does not stop at it',
    source: `${LAMBDA}/invocation-eventfiltering.html`,
    async check(kit) {
      await kit.put('job-1', 'note-1', 'job-2')
      const filters = [{ dynamodb: { Keys: { pk: { S: [{ prefix: 'job-' }] } } } }]
      kit.start({ filters, batchSize: 2 }, () => OK)
      await eventually(() => expect(kit.batches.flat()).toEqual(['job-1', 'job-2']))
    },
  },
  {
    behaviour: 'with ReportBatchItemFailures a batch is repeated from the record that failed',
    source: `${LAMBDA}/services-ddb-batchfailurereporting.html`,
    async check(kit) {
      await kit.put('a', 'b', 'c')
      let failed = false
      kit.start({ reportBatchItemFailures: true }, ({ Records }) => {
        if (failed) return { payload: { batchItemFailures: [] } }
        failed = true
        return { payload: { batchItemFailures: [{ itemIdentifier: Records[1]?.dynamodb.SequenceNumber }] } }
      })
      const batches = [
        ['a', 'b', 'c'],
        ['b', 'c'],
      ]
      await eventually(() => expect(kit.batches).toEqual(batches))
    },
  },
  {
    behaviour:
      'a batch is given up after MaximumRetryAttempts, told to the queue by its place, and the rest goes on',
    source: `${LAMBDA}/services-ddb-params.html`,
    async check(kit) {
      await kit.put('bad')
      kit.start({ onFailureArn: 'queue' }, (batch) => (holds(batch, 'bad') ? FAILURE : OK))
      await eventually(() => expect(kit.failures).toHaveLength(1))
      expect(kit.batches).toEqual([['bad'], ['bad'], ['bad']])
      const DDBStreamBatchInfo = { startSequenceNumber: '1', endSequenceNumber: '1', batchSize: 1 }
      expect(kit.failures[0]).toMatchObject({ queue: 'queue', message: { DDBStreamBatchInfo } })
      await kit.put('good')
      kit.wake()
      await eventually(() => expect(kit.batches.at(-1)).toEqual(['good']))
    },
  },
  {
    behaviour:
      'with BisectBatchOnFunctionError a failing batch is halved until the record at fault stands alone',
    source: `${LAMBDA}/services-ddb-params.html`,
    async check(kit) {
      await kit.put('a', 'bad', 'c', 'd')
      const mapping = { bisectOnError: true, maximumRetryAttempts: 0, onFailureArn: 'queue' }
      kit.start(mapping, (batch) => (holds(batch, 'bad') ? FAILURE : OK))
      await eventually(() => expect(kit.batches.at(-1)).toEqual(['c', 'd']))
      expect(kit.failures).toHaveLength(1)
      expect(kit.batches).toEqual([['a', 'bad', 'c', 'd'], ['a', 'bad'], ['a'], ['bad'], ['c', 'd']])
    },
  },
]

/** Conditional writes, and what the functions of a table's stream get. */
export const DYNAMODB: GoldenRow<StreamKit>[] = [...items, ...streams]
