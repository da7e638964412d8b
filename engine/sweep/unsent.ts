import { sendNotifications } from '../notify.ts'
import type { Needs } from '../ports.ts'

const A_ROUND = 200
/** A bus that was away for an hour is caught up with within some minutes, and one sweep stays short. */
const ROUNDS = 20

export type Resent = { sent: number; refusals: string[] }

/** Sends again, the oldest first, what the bus did not take; stops where it refuses again. */
export async function sendUnsent(ports: Needs<'notifications' | 'bus'>): Promise<Resent> {
  let sent = 0
  for (let round = 0; round < ROUNDS; round += 1) {
    const records = await ports.notifications.unsent(A_ROUND)
    const refusals = await sendNotifications(ports, records)
    const refused = new Set(refusals.map(({ notification }) => notification.message_id))
    const taken = records.filter(({ notification }) => !refused.has(notification.message_id))
    for (const record of taken) await ports.notifications.markSent(record)
    sent += taken.length
    if (refusals.length > 0) return { sent, refusals: refusals.map(({ reason }) => reason) }
    if (records.length < A_ROUND) break
  }
  return { sent, refusals: [] }
}
