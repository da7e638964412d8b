import type { Notification } from '#core/notifications/schemas.ts'
import { notificationFaults } from '#test/contract/asyncapi-check.ts'
import { busDetails } from './bus.ts'
import type { Deployment } from './open-deployment.ts'

/** I13: of these jobs' notifications, those that never were on the bus; and what was there and is not as its document says. */
export async function lostOnTheBus(deployment: Deployment, jobIds: string[]): Promise<string[]> {
  const kept = (await Promise.all(jobIds.map((id) => deployment.api.events(id)))).flat()
  const missing = new Map(kept.map((event) => [event.message_id, event.event_type]))
  const foreign: string[] = []
  for await (const notification of busDetails<Notification>(deployment)) {
    foreign.push(...notificationFaults(notification))
    missing.delete(notification.message_id)
    if (missing.size === 0) break
  }
  return [...foreign, ...[...missing].map(([id, type]) => `I13 ${type} ${id} was never on the bus`)]
}
