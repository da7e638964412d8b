import type { NotificationRecord } from '#core/notifications/envelope.ts'
import type { Notification } from '#core/notifications/schemas.ts'
import type { Bus, Notifications, Page, PageQuery } from '../ports.ts'
import { pageOf } from './page.ts'

export class MemoryNotifications implements Notifications {
  private readonly records = new Map<string, Map<string, Notification>>()

  async keep({ sortKey, notification }: NotificationRecord): Promise<void> {
    const jobId = notification.payload.data.job.job_execution_id
    const ofJob = this.records.get(jobId) ?? new Map<string, Notification>()
    this.records.set(jobId, ofJob.set(sortKey, structuredClone(notification)))
  }

  async list(jobId: string): Promise<Notification[]> {
    const ofJob = [...(this.records.get(jobId) ?? [])]
    return ofJob.sort(([a], [b]) => (a < b ? -1 : 1)).map(([, notification]) => structuredClone(notification))
  }

  async page(jobId: string, query: PageQuery): Promise<Page<Notification>> {
    const ofJob = [...(this.records.get(jobId) ?? [])].sort(([a], [b]) => (a < b ? -1 : 1))
    const { items, next } = pageOf(ofJob, ([key]) => `NOTIFICATION#${key}`, query)
    return { items: items.map(([, notification]) => structuredClone(notification)), next }
  }
}

export class MemoryBus implements Bus {
  readonly published: Notification[] = []

  async publish(notification: Notification): Promise<void> {
    this.published.push(structuredClone(notification))
  }
}
