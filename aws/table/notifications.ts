import { PutItemCommand } from '@aws-sdk/client-dynamodb'
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb'
import type { NotificationRecord } from '#core/notifications/envelope.ts'
import type { Notification } from '#core/notifications/schemas.ts'
import { plainJson } from '#core/text/plain-json.ts'
import type { Notifications, Page, PageQuery } from '#engine/ports.ts'
import { type Item, NOTIFICATION_PREFIX, notificationExpiry, notificationKey } from './keys.ts'
import { childPlaces, queryPage } from './pages.ts'
import { childrenQuery, queryAll, type TableAccess } from './records.ts'

export class TableNotifications implements Notifications {
  private readonly table: TableAccess

  constructor(table: TableAccess) {
    this.table = table
  }

  async keep({ sortKey, notification }: NotificationRecord): Promise<void> {
    const { client, tableName, retentionDays } = this.table
    const key = notificationKey(notification.payload.data.job.job_execution_id, sortKey)
    const expires_at = notificationExpiry(notification.timestamp, retentionDays)
    // As text: a map would lose the order in which people read it.
    const item = { ...key, detail: plainJson(notification), expires_at }
    await client.send(new PutItemCommand({ TableName: tableName, Item: marshall(item) }))
  }

  async list(jobId: string): Promise<Notification[]> {
    const items = await queryAll(this.table, childrenQuery(jobId, NOTIFICATION_PREFIX))
    return items.map(notificationOf)
  }

  async page(jobId: string, { after, limit }: PageQuery): Promise<Page<Notification>> {
    const query = childrenQuery(jobId, NOTIFICATION_PREFIX)
    const { items, next } = await queryPage(this.table, { query, after, limit, ...childPlaces(jobId) })
    return { items: items.map(notificationOf), next }
  }
}

const notificationOf = (item: Item): Notification =>
  JSON.parse(unmarshall(item).detail as string) as Notification
