import type { EventBridgeClient, PutEventsCommand, PutEventsResultEntry } from '@aws-sdk/client-eventbridge'
import { expect, test } from 'vitest'
import { EventBridgeBus } from '#aws/bus.ts'
import { notificationsOf } from '#core/notifications/envelope.ts'
import type { Notification } from '#core/notifications/schemas.ts'
import { JOBS } from '#test/core/samples.ts'

const [sample] = notificationsOf(JOBS.PENDING!, { ...JOBS.ONGOING!, notified: 1 }, (text) => text)

/** So many notifications, one after the other; `bytes` makes each about so large. */
const notifications = (count: number, bytes = 0): Notification[] =>
  Array.from({ length: count }, (_one, i) => ({
    ...structuredClone(sample!.notification),
    message_id: `m${i}`,
    publisher_id: 'x'.repeat(bytes),
  }))

type Answer = Error | PutEventsResultEntry[]

/** A bus whose calls are answered so, one after the other, and then well. */
function busThat(...answers: Answer[]) {
  const calls: string[][] = []
  const send = async ({ input: { Entries = [] } }: PutEventsCommand) => {
    calls.push(Entries.map(({ Detail = '' }) => JSON.parse(Detail).message_id))
    const answer: Answer = answers.shift() ?? Entries.map(() => ({ EventId: '1' }))
    if (answer instanceof Error) throw answer
    return { FailedEntryCount: answer.filter(({ ErrorCode }) => ErrorCode).length, Entries: answer }
  }
  return { bus: new EventBridgeBus({ send } as unknown as EventBridgeClient, 'standdown'), calls }
}

const refused = { ErrorCode: 'ThrottlingException', ErrorMessage: 'slow down' }
const idsOf = (refusals: { notification: Notification }[]): string[] =>
  refusals.map(({ notification }) => notification.message_id)

test('ten go in one call, in their order', async () => {
  const { bus, calls } = busThat()
  expect(await bus.publish(notifications(23))).toEqual([])
  expect(calls.map((ids) => ids.length)).toEqual([10, 10, 3])
  expect(calls.flat()).toEqual(notifications(23).map((one) => one.message_id))
})

test('one call carries 256 KB at most', async () => {
  const { bus, calls } = busThat()
  await bus.publish(notifications(7, 100 * 1024))
  expect(calls.map((ids) => ids.length)).toEqual([2, 2, 2, 1])
})

test('nothing to send is no call', async () => {
  const { bus, calls } = busThat()
  expect(await bus.publish([])).toEqual([])
  expect(calls).toEqual([])
})

test('of a call that goes through each entry is looked at: those that failed are named with the reason', async () => {
  const { bus, calls } = busThat([{ EventId: '1' }, refused, { EventId: '3' }, refused])
  const refusals = await bus.publish(notifications(4))
  expect(idsOf(refusals)).toEqual(['m1', 'm3'])
  expect(refusals[0]?.reason).toBe('ThrottlingException slow down')
  expect(calls).toHaveLength(1)
})

test('after a call that fails as a whole the rest is not tried: nothing of it was sent', async () => {
  const { bus, calls } = busThat([...Array(9).fill({ EventId: '1' }), refused], new Error('no answer'))
  const refusals = await bus.publish(notifications(25))
  expect(idsOf(refusals)).toEqual([
    'm9',
    ...notifications(25)
      .slice(10)
      .map((one) => one.message_id),
  ])
  expect(refusals.at(-1)?.reason).toBe('Error: no answer')
  expect(calls).toHaveLength(2)
})
