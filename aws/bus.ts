import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge'
import { NOTIFICATION_SOURCE } from '#core/notifications/envelope.ts'
import type { Notification } from '#core/notifications/schemas.ts'
import { plainJson } from '#core/text/plain-json.ts'
import type { Bus } from '#engine/ports.ts'
import { once } from './clients.ts'

/** Apart from the other clients, so that only the one function that publishes carries it. */
export const eventBridge = once(() => new EventBridgeClient({ maxAttempts: 6 }))

export class EventBridgeBus implements Bus {
  private readonly client: EventBridgeClient
  private readonly busName: string

  constructor(client: EventBridgeClient, busName: string) {
    this.client = client
    this.busName = busName
  }

  async publish(notification: Notification): Promise<void> {
    const entry = {
      EventBusName: this.busName,
      Source: NOTIFICATION_SOURCE,
      DetailType: notification.event_type,
      Detail: plainJson(notification),
      Time: new Date(notification.timestamp),
    }
    const answer = await this.client.send(new PutEventsCommand({ Entries: [entry] }))
    const failed = answer.Entries?.find((result) => result.ErrorCode)
    if (!failed) return
    const { ErrorCode, ErrorMessage } = failed
    throw new Error(`the bus ${this.busName} refused a notification: ${ErrorCode} ${ErrorMessage}`)
  }
}
