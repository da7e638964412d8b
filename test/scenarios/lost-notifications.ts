import type { Notification } from '#core/notifications/schemas.ts'
import type { Deployment } from './open-deployment.ts'

const PATIENCE_MS = 20_000

/** Whether this endpoint shows its buses, as the local runtime does. */
export const showsItsBuses = async ({ awsUrl }: Deployment): Promise<boolean> => {
  const stop = new AbortController()
  const found = await fetch(`${awsUrl}/_events`, { signal: stop.signal }).then(
    ({ ok }) => ok,
    () => false,
  )
  stop.abort()
  return found
}

/** I13: of these jobs' notifications, those that never were on the bus. */
export async function lostOnTheBus(deployment: Deployment, jobIds: string[]): Promise<string[]> {
  const kept = (await Promise.all(jobIds.map((id) => deployment.api.events(id)))).flat()
  const missing = new Map(kept.map((event) => [event.message_id, event.event_type]))
  const stop = new AbortController()
  const patience = setTimeout(() => stop.abort(), PATIENCE_MS)
  try {
    for await (const { message_id } of replay(deployment, stop.signal)) {
      missing.delete(message_id)
      if (missing.size === 0) break
    }
  } catch (error) {
    if (!stop.signal.aborted) throw error
  }
  clearTimeout(patience)
  stop.abort()
  return [...missing].map(([id, type]) => `I13 ${type} ${id} was never on the bus`)
}

/** The bus from its first event on, then live. */
async function* replay({ awsUrl }: Deployment, signal: AbortSignal): AsyncGenerator<Notification> {
  const headers = { 'last-event-id': '0' }
  const answer = await fetch(`${awsUrl}/_events?bus=standdown`, { headers, signal })
  let text = ''
  for await (const chunk of answer.body!.pipeThrough(new TextDecoderStream())) {
    const lines = (text + chunk).split('\n')
    text = lines.pop() ?? ''
    for (const line of lines) {
      if (line.startsWith('data: ')) yield (JSON.parse(line.slice(6)) as { detail: Notification }).detail
    }
  }
}
