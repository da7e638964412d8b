import type { Job } from '#core/job/job.ts'
import { type NotificationRecord, notificationsOf } from '#core/notifications/envelope.ts'
import type { Step } from '#core/step/step.ts'
import { nameBasedId } from './name-based-id.ts'
import type { Needs } from './ports.ts'

/** A record of the table as it was and as it is; absent where it was created or removed. */
export type Change = { before: Job | Step | undefined; after: Job | Step | undefined }

/** The notifications that a change means, in order; a removed record means none. */
export const notificationsOfChange = ({ before, after }: Change): NotificationRecord[] =>
  after ? notificationsOf(before, after, nameBasedId) : []

/** Keeps the notification under its job, then puts it on the bus; both may be repeated. */
export async function publish(
  { notifications, bus }: Needs<'notifications' | 'bus'>,
  record: NotificationRecord,
): Promise<void> {
  await notifications.keep(record)
  await bus.publish(record.notification)
}
