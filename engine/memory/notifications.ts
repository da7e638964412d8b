import type { NotificationRecord } from '#core/notifications/envelope.ts'
import type { Notification } from '#core/notifications/schemas.ts'
import type { Bus, Notifications, Page, PageQuery, Refusal } from '../ports.ts'
import { pageOf } from './page.ts'

type Stored = NotificationRecord & { marked: boolean }

export class MemoryNotifications implements Notifications {
  private readonly records = new Map<string, Map<string, Stored>>()

  async keep(record: NotificationRecord): Promise<void> {
    this.store(record, false)
  }

  async markUnsent(record: NotificationRecord): Promise<void> {
    this.store(record, true)
  }

  async markSent({ sortKey, notification }: NotificationRecord): Promise<void> {
    const stored = this.ofJob(notification).get(sortKey)
    if (stored) stored.marked = false
  }

  async unsent(limit: number): Promise<NotificationRecord[]> {
    const all = [...this.records.values()].flatMap((ofJob) => [...ofJob.values()])
    const marked = all.filter((stored) => stored.marked)
    return inOrder(marked)
      .slice(0, limit)
      .map(({ sortKey, notification }) => structuredClone({ sortKey, notification }))
  }

  async list(jobId: string): Promise<Notification[]> {
    const ofJob = [...(this.records.get(jobId)?.values() ?? [])]
    return inOrder(ofJob).map(({ notification }) => structuredClone(notification))
  }

  private store(record: NotificationRecord, marked: boolean): void {
    this.ofJob(record.notification).set(record.sortKey, { ...structuredClone(record), marked })
  }

  private ofJob({ payload }: Notification): Map<string, Stored> {
    const jobId = payload.data.job.job_execution_id
    const ofJob = this.records.get(jobId) ?? new Map<string, Stored>()
    this.records.set(jobId, ofJob)
    return ofJob
  }

  async page(jobId: string, query: PageQuery): Promise<Page<Notification>> {
    const ofJob = inOrder([...(this.records.get(jobId)?.values() ?? [])])
    const { items, next } = pageOf(ofJob, ({ sortKey }) => `NOTIFICATION#${sortKey}`, query)
    return { items: items.map(({ notification }) => structuredClone(notification)), next }
  }
}

const inOrder = (records: Stored[]): Stored[] => [...records].sort((a, b) => (a.sortKey < b.sortKey ? -1 : 1))

export class MemoryBus implements Bus {
  readonly published: Notification[] = []
  /** Why it takes nothing; null where it does. */
  refuses: string | null = null

  async publish(notifications: Notification[]): Promise<Refusal[]> {
    const reason = this.refuses
    if (reason !== null) return notifications.map((notification) => ({ notification, reason }))
    this.published.push(...structuredClone(notifications))
    return []
  }
}
