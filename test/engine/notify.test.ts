import type { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { EventBridgeBus } from '#aws/bus.ts'
import { changeOf, encode } from '#aws/table/codec.ts'
import type { NotificationRecord } from '#core/notifications/envelope.ts'
import { MemoryNotifications } from '#engine/memory/notifications.ts'
import { type Change, keepNotifications, notificationsOfChange, sendNotifications } from '#engine/notify.ts'
import type { Bus } from '#engine/ports.ts'
import { sendUnsent } from '#engine/sweep/unsent.ts'
import { JOBS } from '#test/core/samples.ts'
import { invoke, stepOf } from '#test/sdk/kit.ts'
import { faultyClient } from '../aws/faults.ts'
import { startTable, type Table } from '../aws/table.ts'
import { historiesOf } from './history.ts'
import { type House, openHouse, step } from './house.ts'

let table: Table
beforeAll(async () => {
  table = await startTable()
})
afterAll(() => table.stop())

/** What a job that is aborted after its first step changes, from the records of the table's stream. */
async function changedByAnAbort() {
  const { client, writes } = faultyClient(table.endpoint, () => 'through')
  const house = openHouse(client, [step('list', 1), step('copy', 2)])
  const job = await house.start()
  const list = stepOf(house, { name: 'list' })
  await invoke(house, job, list)
  await (await house.abort(job, 'graceful', { rollback: true })).stopping
  await house.standDown(job, { list })
  const items = historiesOf(writes, job.job_execution_id)
  const changes = [...items].flatMap(([sk, images]) => {
    const records = images.map((image) => encode({ pk: job.job_execution_id, sk }, image))
    return records.map((NewImage, i) => changeOf({ OldImage: records[i - 1], NewImage }))
  })
  return { house, job, changes, count: changes.flatMap(notificationsOfChange).length }
}

/** A bus that refuses everything until it is opened, and writes down what it took. */
function busThat(refuses = false) {
  const sent: string[] = []
  const state = { refuses }
  const send = async ({ input: { Entries = [] } }: PutEventsCommand) => {
    if (!state.refuses) sent.push(...Entries.map(({ DetailType = '' }) => DetailType))
    const refusal = { ErrorCode: 'ThrottlingException', ErrorMessage: 'slow down' }
    const results = Entries.map(() => (state.refuses ? refusal : { EventId: '1' }))
    return { FailedEntryCount: state.refuses ? Entries.length : 0, Entries: results }
  }
  const open = (): void => {
    state.refuses = false
  }
  return { bus: new EventBridgeBus({ send } as unknown as EventBridgeClient, 'standdown'), sent, open }
}

/** As the function of the table's stream does for one batch. */
async function notify(house: House, bus: Bus, changes: Change[]) {
  const records: NotificationRecord[] = []
  for (const change of changes) records.push(...(await keepNotifications(house.ports, change)))
  return sendNotifications({ ...house.ports, bus }, records)
}

const typesOf = (notifications: { event_type: string }[]): string[] =>
  notifications.map((notification) => notification.event_type)

test('an aborted job and its steps each tell one start and one end, in an order that people can read', async () => {
  const { house, job, changes } = await changedByAnAbort()
  expect(await notify(house, busThat().bus, changes)).toEqual([])
  const types = typesOf(await house.ports.notifications.list(job.job_execution_id))
  expect([...types].sort()).toEqual([
    'job.cancel.end',
    'job.cancel.start',
    'job.execution.start',
    'step.cancel.end',
    'step.cancel.end',
    'step.cancel.start',
    'step.cancel.start',
  ])
  expect(types.slice(0, 2)).toEqual(['job.execution.start', 'job.cancel.start'])
  expect(types.at(-1)).toBe('job.cancel.end')
})

test('notifications that come twice, and in another order, are kept once and listed alike', async () => {
  const { house, job, changes, count } = await changedByAnAbort()
  const { bus, sent } = busThat()
  for (const change of [...changes].reverse()) await notify(house, bus, [change])
  const first = await house.ports.notifications.list(job.job_execution_id)
  await notify(house, bus, changes)
  expect(await house.ports.notifications.list(job.job_execution_id)).toEqual(first)
  expect(first).toHaveLength(count)
  expect(sent).toHaveLength(2 * count)
  expect(new Set(first.map((one) => one.message_id)).size).toBe(count)
})

test('what the bus refuses is listed all the same, and sent again until the bus takes it, then never more', async () => {
  const { house, job, changes, count } = await changedByAnAbort()
  const { bus, sent, open } = busThat(true)
  const ports = { ...house.ports, bus }
  const refusals = await notify(house, bus, changes)
  expect(refusals.map(({ reason }) => reason)).toEqual(Array(count).fill('ThrottlingException slow down'))
  expect(await house.ports.notifications.list(job.job_execution_id)).toHaveLength(count)
  expect(await sendUnsent(ports)).toMatchObject({ sent: 0 })
  expect(sent).toEqual([])
  open()
  expect(await sendUnsent(ports)).toEqual({ sent: count, refusals: [] })
  expect(sent).toHaveLength(count)
  expect(await sendUnsent(ports)).toEqual({ sent: 0, refusals: [] })
})

test('what was refused goes out in the order of time, however many there are', async () => {
  const { house, changes } = await changedByAnAbort()
  const [record] = changes.flatMap(notificationsOfChange)
  const notifications = new MemoryNotifications()
  const sentAt: string[] = []
  const bus: Bus = {
    publish: async (all) => {
      sentAt.push(...all.map(({ timestamp }) => timestamp))
      return []
    },
  }
  const times = Array.from({ length: 450 }, (_time, i) => new Date(1_800_000_000_000 + i).toISOString())
  for (const timestamp of [...times].reverse()) {
    const notification = { ...record!.notification, timestamp, message_id: timestamp }
    await notifications.markUnsent({ sortKey: timestamp, notification })
  }
  expect(await sendUnsent({ ...house.ports, notifications, bus })).toEqual({ sent: 450, refusals: [] })
  expect(sentAt).toEqual(times)
})

test('an item that is removed tells nothing', () => {
  expect(notificationsOfChange({ before: JOBS.CANCELLED, after: undefined })).toEqual([])
})
