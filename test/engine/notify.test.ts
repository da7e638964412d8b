import type { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { encode } from '#aws/table/codec.ts'
import type { NotificationRecord } from '#core/notifications/envelope.ts'
import { listNotifications, notificationsOfRecord, type Publisher, publish } from '#engine/notify.ts'
import { invoke, stepOf } from '#test/sdk/kit.ts'
import { faultyClient } from '../aws/faults.ts'
import { startTable, TABLE, type Table } from '../aws/table.ts'
import { historiesOf } from './history.ts'
import { openHouse, step } from './house.ts'

let table: Table
beforeAll(async () => {
  table = await startTable()
})
afterAll(() => table.stop())

/** What a job that is aborted after its first step tells, from the records of the table's stream. */
async function toldByAnAbort() {
  const { client, writes } = faultyClient(table.endpoint, () => 'through')
  const house = openHouse(client, [step('list', 1), step('copy', 2)])
  const job = await house.start()
  const list = stepOf(house, { name: 'list' })
  await invoke(house, job, list)
  await (await house.abort(job, 'graceful', { rollback: true })).stopping
  await house.standDown(job, { list })
  const items = historiesOf(writes, job.job_execution_id)
  const kept = [...items].flatMap(([sk, images]) => {
    const records = images.map((image) => encode({ pk: job.job_execution_id, sk }, image))
    return records.flatMap((record, i) => notificationsOfRecord(records[i - 1], record))
  })
  return { house, job, kept }
}

function publisher(refusing = false): Publisher & { sent: string[] } {
  const sent: string[] = []
  const send = async ({ input }: PutEventsCommand) => {
    sent.push(input.Entries?.[0]?.DetailType ?? '')
    return { Entries: [refusing ? { ErrorCode: 'ThrottlingException', ErrorMessage: 'slow down' } : {}] }
  }
  const events = { send } as unknown as EventBridgeClient
  return { client: table.client, tableName: TABLE, events, busName: 'standdown', retentionDays: 1, sent }
}

const typesOf = (told: { event_type: string }[]): string[] => told.map((one) => one.event_type)

test('an aborted job and its steps each tell one start and one end, in an order that people can read', async () => {
  const { house, job, kept } = await toldByAnAbort()
  for (const one of kept) await publish(publisher(), one)
  const told = await listNotifications(house.deps, job.job_execution_id)
  const types = typesOf(told)
  expect([...types].sort()).toEqual([
    'job.cancel.end',
    'job.cancel.start',
    'job.execution.start',
    ...['step.cancel.end', 'step.cancel.end', 'step.cancel.start', 'step.cancel.start'],
  ])
  expect(types.slice(0, 2)).toEqual(['job.execution.start', 'job.cancel.start'])
  expect(types.at(-1)).toBe('job.cancel.end')
})

test('notifications that come twice, and in another order, are kept once and listed alike', async () => {
  const { house, job, kept } = await toldByAnAbort()
  const to = publisher()
  const again = (one: NotificationRecord) => publish(to, one)
  for (const one of [...kept].reverse()) await again(one)
  const first = await listNotifications(house.deps, job.job_execution_id)
  for (const one of kept) await again(one)
  expect(await listNotifications(house.deps, job.job_execution_id)).toEqual(first)
  expect(first).toHaveLength(kept.length)
  expect(to.sent).toHaveLength(2 * kept.length)
  expect(new Set(first.map((one) => one.message_id)).size).toBe(kept.length)
})

test('what the bus refuses is thrown, so that the stream brings it again', async () => {
  const { kept } = await toldByAnAbort()
  await expect(publish(publisher(true), kept[0]!)).rejects.toThrow(
    'the bus standdown refused a notification: ThrottlingException slow down',
  )
})

test('an item that is removed tells nothing', () => {
  expect(notificationsOfRecord({ pk: { S: 'j' } }, undefined)).toEqual([])
})
