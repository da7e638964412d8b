import type { Notification } from '#core/notifications/schemas.ts'
import { busDetails } from './bus.ts'
import type { Deployment } from './open-deployment.ts'

/** I13: of these jobs' notifications, those that never were on the bus. */
export async function lostOnTheBus(deployment: Deployment, jobIds: string[]): Promise<string[]> {
  const kept = (await Promise.all(jobIds.map((id) => deployment.api.events(id)))).flat()
  const missing = new Map(kept.map((event) => [event.message_id, event.event_type]))
  for await (const { message_id } of busDetails<Notification>(deployment)) {
    missing.delete(message_id)
    if (missing.size === 0) break
  }
  return [...missing].map(([id, type]) => `I13 ${type} ${id} was never on the bus`)
}
