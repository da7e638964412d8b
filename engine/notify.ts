import { PutItemCommand, QueryCommand } from '@aws-sdk/client-dynamodb'
import { type EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge'
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb'
import type { Deps } from '#aws/deps.ts'
import { decode, type Item, NOTIFICATION_PREFIX } from '#aws/table/codec.ts'
import type { Job } from '#core/job/job.ts'
import {
  NOTIFICATION_SOURCE,
  type NotificationRecord,
  notificationsOf,
} from '#core/notifications/envelope.ts'
import type { Notification } from '#core/notifications/schemas.ts'
import type { Step } from '#core/step/step.ts'
import { plainJson } from '#core/text/plain-json.ts'
import { nameBasedId } from './name-based-id.ts'

/** The notifications of one record of the table's stream. */
export function notificationsOfRecord(
  before: Item | undefined,
  after: Item | undefined,
): NotificationRecord[] {
  if (!after) return []
  return notificationsOf(before && decode<Job | Step>(before), decode<Job | Step>(after), nameBasedId)
}

export type Publisher = Pick<Deps, 'client' | 'tableName'> & {
  events: EventBridgeClient
  busName: string
  retentionDays: number
}

/** Keeps the notification under its job, then puts it on the bus; both may be repeated. */
export async function publish(of: Publisher, { sortKey, notification }: NotificationRecord): Promise<void> {
  const pk = notification.payload.data.job.job_execution_id
  const expires_at = Math.floor(Date.parse(notification.timestamp) / 1000) + (366 + of.retentionDays) * 86_400
  // As text: a map would lose the order in which people read it.
  const detail = plainJson(notification)
  const item = { pk, sk: `${NOTIFICATION_PREFIX}${sortKey}`, detail, expires_at }
  await of.client.send(new PutItemCommand({ TableName: of.tableName, Item: marshall(item) }))
  const entry = {
    EventBusName: of.busName,
    Source: NOTIFICATION_SOURCE,
    DetailType: notification.event_type,
    Detail: detail,
    Time: new Date(notification.timestamp),
  }
  const answer = await of.events.send(new PutEventsCommand({ Entries: [entry] }))
  const failed = answer.Entries?.find((result) => result.ErrorCode)
  if (failed)
    throw new Error(
      `the bus ${of.busName} refused a notification: ${failed.ErrorCode} ${failed.ErrorMessage}`,
    )
}

/** A job's notifications, in order. */
export async function listNotifications({ client, tableName }: Deps, jobId: string): Promise<Notification[]> {
  const found: Notification[] = []
  let from: Item | undefined
  do {
    const answer = await client.send(
      new QueryCommand({
        TableName: tableName,
        ConsistentRead: true,
        KeyConditionExpression: 'pk = :pk AND begins_with(sk, :prefix)',
        ExpressionAttributeValues: { ':pk': { S: jobId }, ':prefix': { S: NOTIFICATION_PREFIX } },
        ...(from ? { ExclusiveStartKey: from } : {}),
      }),
    )
    found.push(
      ...(answer.Items ?? []).map((item) => JSON.parse(unmarshall(item).detail as string) as Notification),
    )
    from = answer.LastEvaluatedKey
  } while (from)
  return found
}
