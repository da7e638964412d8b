import { UpdateItemCommand } from '@aws-sdk/client-dynamodb'
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest'
import { changeOf } from '#aws/table/codec.ts'
import { TableJobIndex } from '#aws/table/job-index.ts'
import { TableJobs } from '#aws/table/jobs.ts'
import { type ItemKey, jobKey, marshalledKey, stepKey, valueKey } from '#aws/table/keys.ts'
import { TableNotifications } from '#aws/table/notifications.ts'
import { TableSteps } from '#aws/table/steps.ts'
import { TableValues } from '#aws/table/values.ts'
import type { Job } from '#core/job/job.ts'
import type { NewJob } from '#core/job/reducer.ts'
import type { NotificationRecord } from '#core/notifications/envelope.ts'
import type { JsonText } from '#core/value.ts'
import { begin, claim, create, finish, NEW_STEP } from '#test/core/samples.ts'
import { KEPT_DAYS, startTable, TABLE, type Table } from '../table.ts'

// DynamoDB deletes what has expired up to two days late, and answers it until then.

const DAY_MS = 86_400_000

let table: Table
beforeAll(async () => {
  table = await startTable()
})
afterAll(() => table.stop())
afterEach(() => void vi.useRealTimers())

const open = () => {
  const access = { client: table.client, tableName: TABLE, retentionDays: KEPT_DAYS }
  return {
    jobs: new TableJobs(access),
    steps: new TableSteps(access),
    values: new TableValues(access),
    index: new TableJobIndex(access),
    notifications: new TableNotifications(access),
  }
}

/** Its time is over, and nobody has deleted it yet. */
async function expire(key: ItemKey): Promise<void> {
  await table.client.send(
    new UpdateItemCommand({
      TableName: TABLE,
      Key: marshalledKey(key),
      UpdateExpression: 'SET expires_at = :now',
      ExpressionAttributeValues: { ':now': { N: String(Math.floor(Date.now() / 1000)) } },
    }),
  )
}

const jobIn = (template: string, id: string): NewJob => ({ ...create.job, template, job_execution_id: id })

async function endedJob(template: string, id: string): Promise<Job> {
  const { jobs } = open()
  await jobs.apply(id, { ...create, job: jobIn(template, id) })
  await jobs.apply(id, begin)
  const { item } = await jobs.apply(id, { type: 'commit', at: create.at })
  return item!
}

test('a job that has expired is gone from every read', async () => {
  const { jobs, index } = open()
  await endedJob('gone', 'gone-1')
  const query = { template: 'gone', limit: 9 }
  expect((await index.newest(query)).items).toHaveLength(1)
  await expire(jobKey('gone-1'))
  expect(await jobs.get('gone-1')).toBeUndefined()
  expect(await jobs.glance('gone-1')).toBeUndefined()
  expect((await index.newest(query)).items).toEqual([])
  const ended = await index.ended(new Date(Date.now() + 1e12).toISOString())
  expect(ended.filter(({ template }) => template === 'gone')).toEqual([])
  const aborting = { type: 'commit' as const, at: create.at }
  expect(await jobs.apply('gone-1', aborting, await endedJob('gone', 'gone-2'))).toMatchObject({
    kind: 'refused',
    reason: 'unknown',
  })
})

test('its id starts anew, and of two that start it one does', async () => {
  const { jobs } = open()
  const old = await endedJob('anew', 'anew-1')
  await expire(jobKey('anew-1'))
  const job = { ...jobIn('anew', 'anew-1'), created_by: 'cleo' }
  const starts = await Promise.all([1, 2, 3].map(() => jobs.apply('anew-1', { ...create, job })))
  expect(starts.map(({ kind }) => kind).sort()).toEqual(['same', 'same', 'write'])
  const found = await jobs.get('anew-1')
  expect(found).toEqual({ ...starts[0]!.item, created_by: 'cleo' })
  expect(found).toMatchObject({ state: 'PENDING', version: 1, started_at: null, ended_at: null })
  expect(old.state).toBe('SUCCEEDED')
})

test('of an expired item of the first version the second start does not take the place, either', async () => {
  const { jobs } = open()
  await jobs.apply('first-1', { ...create, job: jobIn('first', 'first-1') })
  await expire(jobKey('first-1'))
  const by = (created_by: string) => ({ ...create, job: { ...jobIn('first', 'first-1'), created_by } })
  const starts = await Promise.all(['anna', 'ben', 'cleo'].map((who) => jobs.apply('first-1', by(who))))
  expect(starts.map(({ kind }) => kind).sort()).toEqual(['same', 'same', 'write'])
})

test('a step that has expired is claimed as one that never was', async () => {
  const { steps } = open()
  const key = { ...NEW_STEP, job_execution_id: 'steps-1' }
  await steps.apply(key, { ...claim('a'), step: key })
  await steps.apply(key, finish('a'))
  await expire(stepKey(key))
  expect(await steps.get(key)).toBeUndefined()
  expect(await steps.list('steps-1')).toEqual([])
  expect((await steps.page('steps-1', { limit: 9 })).items).toEqual([])
  const outcome = await steps.apply(key, { ...claim('b'), step: key })
  expect(outcome).toMatchObject({ kind: 'write', item: { attempt: 1, owner: 'b', result: null, version: 1 } })
  expect(await steps.get(key)).toEqual(outcome.item)
})

test('a notification that has expired is neither listed nor sent again', async () => {
  const { notifications } = open()
  const data = { job: { job_execution_id: 'told-1', template: 't' } }
  const notification = { timestamp: create.at, message_id: 'm', payload: { data } }
  const record = { sortKey: '1', notification } as unknown as NotificationRecord
  await notifications.markUnsent(record)
  expect(await notifications.list('told-1')).toHaveLength(1)
  await expire({ pk: 'told-1', sk: 'NOTIFICATION#1' })
  expect(await notifications.list('told-1')).toEqual([])
  expect((await notifications.page('told-1', { limit: 9 })).items).toEqual([])
  expect(await notifications.unsent(9)).toEqual([])
})

test('an input that is given again is kept as long as the job that has it now', async () => {
  const { values } = open()
  const input = { place: 'INPUT#a', write: 1, text: '{"n":1}' as JsonText }
  const first = await values.put('values-1', input)
  vi.useFakeTimers({ now: Date.now() + DAY_MS, toFake: ['Date'] })
  const again = await values.put('values-1', input)
  expect(again.expires_at! - first.expires_at!).toBeGreaterThanOrEqual(86_400)
  vi.useFakeTimers({ now: first.expires_at! * 1000 + 1000, toFake: ['Date'] })
  expect(await open().values.get('values-1', again)).toBe('{"n":1}')
  vi.useRealTimers()
  await expire(valueKey('values-1', 'INPUT#a'))
  await expect(open().values.get('values-1', again)).rejects.toThrow('is gone')
})

test('a record in the place of an expired one is told as a new one', () => {
  const image = (version: number, state: string) => ({
    kind: { S: 'job' },
    layout: { N: '2' },
    version: { N: String(version) },
    state: { S: state },
    input: { S: '{}' },
  })
  const { before, after } = changeOf({ OldImage: image(7, 'SUCCEEDED'), NewImage: image(1, 'PENDING') })
  expect([before, after?.state]).toEqual([undefined, 'PENDING'])
})
