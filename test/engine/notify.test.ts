import type { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { EventBridgeBus } from '#aws/bus.ts'
import { changeOf, encode } from '#aws/table/codec.ts'
import type { NotificationRecord } from '#core/notifications/envelope.ts'
import { notificationsOfChange, publish } from '#engine/notify.ts'
import { JOBS } from '#test/core/samples.ts'
import { invoke, stepOf } from '#test/sdk/kit.ts'
import { faultyClient } from '../aws/faults.ts'
import { startTable, type Table } from '../aws/table.ts'
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
    return records.flatMap((NewImage, i) =>
      notificationsOfChange(changeOf({ OldImage: records[i - 1], NewImage })),
    )
  })
  return { house, job, kept }
}

/** A bus that refuses everything, or writes down what it was sent. */
function busThat(refuses = false): { bus: EventBridgeBus; sent: string[] } {
  const sent: string[] = []
  const send = async ({ input }: PutEventsCommand) => {
    sent.push(input.Entries?.[0]?.DetailType ?? '')
    return { Entries: [refuses ? { ErrorCode: 'ThrottlingException', ErrorMessage: 'slow down' } : {}] }
  }
  return { bus: new EventBridgeBus({ send } as unknown as EventBridgeClient, 'standdown'), sent }
}

const typesOf = (told: { event_type: string }[]): string[] => told.map((one) => one.event_type)

test('an aborted job and its steps each tell one start and one end, in an order that people can read', async () => {
  const { house, job, kept } = await toldByAnAbort()
  const { bus } = busThat()
  for (const record of kept) await publish({ ...house.ports, bus }, record)
  const told = await house.ports.notifications.list(job.job_execution_id)
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
  const { bus, sent } = busThat()
  const again = (record: NotificationRecord) => publish({ ...house.ports, bus }, record)
  for (const one of [...kept].reverse()) await again(one)
  const first = await house.ports.notifications.list(job.job_execution_id)
  for (const one of kept) await again(one)
  expect(await house.ports.notifications.list(job.job_execution_id)).toEqual(first)
  expect(first).toHaveLength(kept.length)
  expect(sent).toHaveLength(2 * kept.length)
  expect(new Set(first.map((one) => one.message_id)).size).toBe(kept.length)
})

test('what the bus refuses is thrown, so that the stream brings it again', async () => {
  const { house, kept } = await toldByAnAbort()
  await expect(publish({ ...house.ports, bus: busThat(true).bus }, kept[0]!)).rejects.toThrow(
    'the bus standdown refused a notification: ThrottlingException slow down',
  )
})

test('an item that is removed tells nothing', () => {
  expect(notificationsOfChange({ before: JOBS.CANCELLED, after: undefined })).toEqual([])
})
