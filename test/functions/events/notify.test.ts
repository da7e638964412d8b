import type { DynamoDBRecord, DynamoDBStreamEvent } from 'aws-lambda'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { encode } from '#aws/table/codec.ts'
import { jobKey } from '#aws/table/keys.ts'
import type { Job } from '#core/job/job.ts'
import { nextJob } from '#core/job/reducer.ts'
import { notification } from '#core/notifications/schemas.ts'
import { handler as notify } from '#functions/events/notify.ts'
import { handler as sweep } from '#functions/events/sweep.ts'
import { abort, JOBS } from '#test/core/samples.ts'
import { CONTEXT } from '../http-event.ts'
import { type Product, startProduct } from '../product.ts'

let product: Product
beforeAll(async () => {
  product = await startProduct()
})
beforeEach(() => {
  product.failing.clear()
  product.published.length = 0
})
afterAll(() => product.stop())

const image = (job: Job) => encode(jobKey(job.job_execution_id), job)
const record = (from: Job, to: Job, SequenceNumber: string) =>
  ({ dynamodb: { OldImage: image(from), NewImage: image(to), SequenceNumber } }) as DynamoDBRecord
const send = (...Records: DynamoDBRecord[]) => notify({ Records } as DynamoDBStreamEvent, CONTEXT)

const ongoing = JOBS.ONGOING!
const aborted = (reason: string): Job => {
  const outcome = nextJob(ongoing, abort('graceful', { reason }))
  if (outcome.kind !== 'write') throw new Error('the abort was not written')
  return outcome.item
}

test('a change of state is published once per notification, a repeat under the same id', async () => {
  const one = record(ongoing, aborted('why'), '1')
  expect(await send(one)).toEqual({ batchItemFailures: [] })
  await send(one)
  const details = product.published.map(({ Detail }) => notification.parse(JSON.parse(Detail)))
  expect(details.map(({ event_type }) => event_type)).toEqual(['job.cancel.start', 'job.cancel.start'])
  expect(new Set(details.map(({ message_id }) => message_id)).size).toBe(1)
})

test('a change that is none of state publishes nothing', async () => {
  await send(record(ongoing, { ...ongoing, version: ongoing.version + 1 }, '1'))
  expect(product.published).toEqual([])
})

test('the first that cannot be kept is named, and what comes after it waits', async () => {
  const change = aborted('why')
  const removed = { dynamodb: { OldImage: image(ongoing), SequenceNumber: '1' } } as DynamoDBRecord
  const unreadable = { dynamodb: { NewImage: { kind: { X: '?' } }, SequenceNumber: '3' } } as object
  const first = record(ongoing, change, '2')
  const answer = await send(removed, first, unreadable as DynamoDBRecord, record(ongoing, change, '4'))
  expect(answer).toEqual({ batchItemFailures: [{ itemIdentifier: '3' }] })
  expect(product.published).toHaveLength(1)
})

test('what the bus refuses holds nothing up, is listed, and is sent by the next sweep', async () => {
  const change = aborted('refused')
  product.failing.set('PutEvents', 'AccessDeniedException')
  expect(await send(record(ongoing, change, '1'), record(ongoing, change, '2'))).toEqual({
    batchItemFailures: [],
  })
  await sweep({}, CONTEXT)
  expect(product.published).toEqual([])
  product.failing.clear()
  await sweep({}, CONTEXT)
  await sweep({}, CONTEXT)
  expect(product.published.map(({ DetailType }) => DetailType)).toEqual(['job.cancel.start'])
})

test('many changes at once are sent ten to a call', async () => {
  const change = aborted('many')
  product.calls.length = 0
  await send(...Array.from({ length: 25 }, (_record, i) => record(ongoing, change, String(i))))
  expect(product.published).toHaveLength(25)
  expect(product.calls.filter((call) => call === 'PutEvents')).toHaveLength(3)
})

test('an event has no raw control character', async () => {
  await send(record(ongoing, aborted('a\u001b\u009b31m\u2028'), '1'))
  expect(product.published[0]?.Detail).not.toMatch(/[\p{Cc}\u2028]/u)
})
