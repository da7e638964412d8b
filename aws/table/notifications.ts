import { ConditionalCheckFailedException, PutItemCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb'
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb'
import type { NotificationRecord } from '#core/notifications/envelope.ts'
import type { Notification } from '#core/notifications/schemas.ts'
import { plainJson } from '#core/text/plain-json.ts'
import type { Notifications, Page, PageQuery } from '#engine/ports.ts'
import {
  ACTIVE,
  INDEX,
  type Item,
  type ItemKey,
  marshalledKey,
  NOTIFICATION_PREFIX,
  notificationExpiry,
  notificationKey,
} from './keys.ts'
import { childPlaces, queryPage } from './pages.ts'
import { childrenQuery, queryAll, type TableAccess } from './records.ts'

export class TableNotifications implements Notifications {
  private readonly table: TableAccess

  constructor(table: TableAccess) {
    this.table = table
  }

  keep(record: NotificationRecord): Promise<void> {
    return this.put(record, {})
  }

  /** On the index of what the sweeper looks at, in the order of time. The whole item: a Put needs no other permission. */
  markUnsent(record: NotificationRecord): Promise<void> {
    return this.put(record, { active: ACTIVE.unsent, updated_at: record.notification.timestamp })
  }

  async markSent(record: NotificationRecord): Promise<void> {
    const { client, tableName } = this.table
    const command = new UpdateItemCommand({
      TableName: tableName,
      Key: marshalledKey(keyOf(record)),
      UpdateExpression: 'REMOVE #active, #updated',
      ConditionExpression: 'attribute_exists(#detail)',
      ExpressionAttributeNames: { '#active': 'active', '#updated': 'updated_at', '#detail': 'detail' },
    })
    await client.send(command).catch((error: unknown) => {
      // It has expired: without the condition an empty item would be written.
      if (!(error instanceof ConditionalCheckFailedException)) throw error
    })
  }

  async unsent(limit: number): Promise<NotificationRecord[]> {
    const query = {
      IndexName: INDEX.active,
      KeyConditionExpression: '#active = :unsent',
      ExpressionAttributeNames: { '#active': 'active' },
      ExpressionAttributeValues: { ':unsent': { S: ACTIVE.unsent } },
      Limit: limit,
    }
    const items = await queryAll(this.table, query, limit)
    return items.slice(0, limit).map(recordOf)
  }

  async list(jobId: string): Promise<Notification[]> {
    const items = await queryAll(this.table, childrenQuery(jobId, NOTIFICATION_PREFIX))
    return items.map((item) => recordOf(item).notification)
  }

  async page(jobId: string, { after, limit }: PageQuery): Promise<Page<Notification>> {
    const query = childrenQuery(jobId, NOTIFICATION_PREFIX)
    const { items, next } = await queryPage(this.table, { query, after, limit, ...childPlaces(jobId) })
    return { items: items.map((item) => recordOf(item).notification), next }
  }

  private async put(record: NotificationRecord, mark: Record<string, string>): Promise<void> {
    const { client, tableName, retentionDays } = this.table
    const { notification } = record
    const expires_at = notificationExpiry(notification.timestamp, retentionDays)
    // As text: a map would lose the order in which people read it.
    const item = { ...keyOf(record), detail: plainJson(notification), expires_at, ...mark }
    await client.send(new PutItemCommand({ TableName: tableName, Item: marshall(item) }))
  }
}

const keyOf = ({ sortKey, notification }: NotificationRecord): ItemKey =>
  notificationKey(notification.payload.data.job.job_execution_id, sortKey)

function recordOf(item: Item): NotificationRecord {
  const { sk, detail } = unmarshall(item) as { sk: string; detail: string }
  return {
    sortKey: sk.slice(NOTIFICATION_PREFIX.length),
    notification: completed(JSON.parse(detail) as Notification),
  }
}

/** What was kept before clean-ups could be repeated does not speak of them. */
function completed(notification: Notification): Notification {
  const { payload } = notification
  if (payload.data.clean_up !== undefined) return notification
  const { fault, ...data } = payload.data
  return { ...notification, payload: { ...payload, data: { ...data, clean_up: null, fault } } }
}
