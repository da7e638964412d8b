import type { Job } from '#core/job/job.ts'
import { type NotificationRecord, notificationsOf } from '#core/notifications/envelope.ts'
import type { Step } from '#core/step/step.ts'
import { nameBasedId } from './name-based-id.ts'
import type { Needs, Refusal } from './ports.ts'

/** A record of the table as it was and as it is; absent where it was created or removed. */
export type Change = { before: Job | Step | undefined; after: Job | Step | undefined }

/** The notifications that a change means, in order; a removed record means none. */
export const notificationsOfChange = ({ before, after }: Change): NotificationRecord[] =>
  after ? notificationsOf(before, after, nameBasedId) : []

/** Keeps what a change means under its job, so that it can be listed before anybody hears of it. */
export async function keepNotifications(
  { notifications }: Needs<'notifications'>,
  change: Change,
): Promise<NotificationRecord[]> {
  const records = notificationsOfChange(change)
  for (const record of records) await notifications.keep(record)
  return records
}

/** Puts kept notifications on the bus; what it does not take is marked, and sent again by the sweeper. */
export async function sendNotifications(
  { notifications, bus }: Needs<'notifications' | 'bus'>,
  records: NotificationRecord[],
): Promise<Refusal[]> {
  const refusals = await bus.publish(records.map(({ notification }) => notification))
  const refused = new Set(refusals.map(({ notification }) => notification.message_id))
  for (const record of records) {
    if (refused.has(record.notification.message_id)) await notifications.markUnsent(record)
  }
  return refusals
}
