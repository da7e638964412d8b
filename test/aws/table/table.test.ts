import { QueryCommand } from '@aws-sdk/client-dynamodb'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { TableDoorRecords } from '#aws/table/door-records.ts'
import { TableJobIndex } from '#aws/table/job-index.ts'
import { TableJobs } from '#aws/table/jobs.ts'
import { TableNotifications } from '#aws/table/notifications.ts'
import { TableSteps } from '#aws/table/steps.ts'
import { TableSweepLease } from '#aws/table/sweep-lease.ts'
import { TableValues } from '#aws/table/values.ts'
import { claim, finish, inline, NEW_STEP, NOW, textOf } from '#test/core/samples.ts'
import { doorRecordsSuite } from '#test/engine/ports/door-records-suite.ts'
import { tableSuite } from '#test/engine/ports/table-suite.ts'
import { valuesSuite } from '#test/engine/ports/values-suite.ts'
import { type Fate, faultyClient } from '../faults.ts'
import { KEPT_DAYS, startTable, TABLE, type Table } from '../table.ts'

let table: Table
beforeAll(async () => {
  table = await startTable()
})
afterAll(() => table.stop())

/** The ports over the emulator's table; updates meet these fates, one after the other. */
function openPorts(...fates: Fate[]) {
  const faulty = faultyClient(table.endpoint, (operation) =>
    /^(Update|TransactWrite)Item/.test(operation) ? (fates.shift() ?? 'through') : 'through',
  )
  const access = { client: faulty.client, tableName: TABLE, retentionDays: KEPT_DAYS }
  return {
    jobs: new TableJobs(access),
    steps: new TableSteps(access),
    values: new TableValues(access),
    index: new TableJobIndex(access),
    notifications: new TableNotifications(access),
    sweepLease: new TableSweepLease(access),
    doorRecords: new TableDoorRecords(access),
    client: faulty.client,
    requests: faulty.requests,
    writes: () => faulty.writes.map(({ item }) => item),
  }
}

tableSuite('on DynamoDB', openPorts)
valuesSuite('on DynamoDB', openPorts)
doorRecordsSuite('on DynamoDB', openPorts)

const keyOf = (job_execution_id: string) => ({ ...NEW_STEP, job_execution_id })
const claiming = (job_execution_id: string, owner: string) => ({
  ...claim(owner),
  step: keyOf(job_execution_id),
})

test('a claim whose reply was lost, and that was fenced by another, finds itself, and may decline', async () => {
  const { steps, client } = openPorts('lost-after')
  const others = openPorts().steps
  const key = keyOf('lost-4')
  let fenced = false
  client.middlewareStack.add(
    (next) => async (args) => {
      const item = await others.get(key)
      const fence = { type: 'fence' as const, at: NOW, epoch: 2, abort_request: null, fault: null }
      if (item && !fenced) await others.apply(key, fence)
      fenced = item !== undefined
      return next(args)
    },
    { step: 'finalizeRequest', priority: 'low', name: 'fenceBetween' },
  )
  const outcome = await steps.apply(key, claiming('lost-4', 'a'))
  expect(outcome).toMatchObject({ kind: 'same', item: { state: 'ONGOING', fenced: true, owner: 'a' } })
})

test('a right guess saves the read', async () => {
  const { steps, requests } = openPorts()
  const outcome = await steps.apply(keyOf('guess'), claiming('guess', 'a'))
  await steps.apply(keyOf('guess'), finish('a'), outcome.item)
  expect(requests).toEqual(['UpdateItemCommand', 'UpdateItemCommand'])
})

test('a single change of a record is a plain write: a transaction costs twice that', async () => {
  const { doorRecords, requests } = openPorts()
  await doorRecords.writeOne({ set: 'cheap', id: '1', from: null, to: 1 })
  expect(requests).toEqual(['UpdateItemCommand'])
})

test('a single change that was made, and written over before its retry, is answered false', async () => {
  const { doorRecords, client } = openPorts('lost-after')
  const others = openPorts().doorRecords
  const key = { set: 'written-over', id: '1' }
  client.middlewareStack.add(
    (next) => async (args) => {
      const found = await others.get(key)
      if (found?.version === 1) await others.writeOne({ ...key, from: 1, to: 'another' })
      return next(args)
    },
    { step: 'finalizeRequest', priority: 'low', name: 'writeBetween' },
  )
  expect(await doorRecords.writeOne({ ...key, from: null, to: 'own' })).toBe(false)
  expect((await others.get(key))?.value).toBe('another')
})

test('a value has its own item, which no query of steps reads, and which goes after all that refer to it', async () => {
  const { steps, values, client } = openPorts()
  const writtenAt = Math.floor(Date.now() / 1000)
  const text = inline('x'.repeat(100_000))
  await steps.apply(keyOf('beside'), claiming('beside', 'a'))
  const result = await values.put('beside', { place: 'a#result', write: 1, text: textOf(text) })
  await steps.apply(keyOf('beside'), { ...finish('a'), result })
  const query = new QueryCommand({
    TableName: TABLE,
    KeyConditionExpression: 'pk = :pk',
    ExpressionAttributeValues: { ':pk': { S: 'beside' } },
  })
  const items = (await client.send(query)).Items ?? []
  const [step, value] = items
  expect(items.map((item) => item.sk?.S)).toEqual(['STEP#00002#copy', 'VALUE#a#result'])
  expect(Buffer.byteLength(JSON.stringify(step))).toBeLessThan(4096)
  expect(Number(value?.expires_at?.N)).toBeGreaterThan(writtenAt + 3 * 365 * 86_400)
  expect(await steps.list('beside')).toMatchObject([{ state: 'SUCCEEDED', result }])
})

test('an input that was read is not read again: children of a Map have the same one', async () => {
  const { values, requests } = openPorts()
  const ref = await values.put('cached', { place: 'INPUT#1', write: 1, text: textOf(inline([1])) })
  requests.length = 0
  expect([await values.get('cached', ref), await values.get('cached', ref)]).toEqual(['[1]', '[1]'])
  expect(requests).toEqual(['GetItemCommand'])
})

test('the steps of a job are all listed, over as many pages as there are', async () => {
  const { steps } = openPorts()
  // More than the megabyte that one page has.
  const result = inline('x'.repeat(40_000))
  const indexes = Array.from({ length: 30 }, (_, i) => i)
  for (const index of indexes.toReversed()) {
    const key = { ...keyOf('pages'), index }
    await steps.apply(key, { ...claiming('pages', 'a'), step: key })
    await steps.apply(key, { ...finish('a'), result })
  }
  expect((await steps.list('pages')).map((step) => step.index)).toEqual(indexes)
  expect((await steps.latest('pages', 28)).map((step) => step.index)).toEqual(indexes.slice(2))
})
