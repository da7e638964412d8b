import type { IncomingMessage, ServerResponse } from 'node:http'
import { targetOf } from '#local/http-target.ts'
import type { EventLog, RecordedEvent } from './event-log.ts'

const HEARTBEAT_MS = 15_000
/** A reader that does not read is cut off; it comes back with its Last-Event-ID. */
const UNSENT_LIMIT = 4 * 1024 * 1024

/** `GET /_events`: every event as a server-sent event, filtered by `?bus=`, `?detail-type=` and `?source=`. */
export function createEventStream(log: EventLog) {
  const open = new Set<ServerResponse>()
  const handle = async (req: IncomingMessage, res: ServerResponse): Promise<boolean> => {
    const { path, query } = targetOf(req)
    if (req.method !== 'GET' || path !== '/_events') return false
    res.writeHead(200, { 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-store' })
    res.write(': events\n\n')
    open.add(res)
    res.on('close', () => open.delete(res))
    const from = Number.parseInt(String(req.headers['last-event-id'] ?? ''), 10)
    const write = writerOf(res, query)
    await follow(log, { res, write, from: Number.isNaN(from) ? undefined : from })
    return true
  }
  const close = (): void => {
    for (const res of open) res.end()
  }
  return { handle, close }
}

type Reader = { res: ServerResponse; write(event: RecordedEvent): void; from: number | undefined }

async function follow(log: EventLog, { res, write, from }: Reader): Promise<void> {
  const upTo = log.lastSeq()
  let waiting: RecordedEvent[] | undefined = []
  // Subscribed before the file is read: what comes meanwhile waits, so that nothing is lost or twice.
  const unsubscribe = log.subscribe((event) => (waiting ? void waiting.push(event) : write(event)))
  const heartbeat = setInterval(() => res.write(': still here\n\n'), HEARTBEAT_MS)
  heartbeat.unref()
  res.on('close', () => {
    unsubscribe()
    clearInterval(heartbeat)
  })
  if (from !== undefined) {
    for await (const event of log.since(from)) {
      if (event.seq > upTo || res.destroyed) break
      write(event)
    }
  }
  for (const event of waiting) write(event)
  waiting = undefined
}

function writerOf(res: ServerResponse, query: URLSearchParams): (event: RecordedEvent) => void {
  const filters = (['bus', 'detail-type', 'source'] as const).flatMap((name) => {
    const values = query.getAll(name)
    return values.length === 0 ? [] : [{ name, values }]
  })
  return (event) => {
    if (!filters.every(({ name, values }) => values.includes(event[name]))) return
    // A line break in the name would start a field of its own.
    const name = event['detail-type'].replace(/[\r\n\0]/g, ' ')
    res.write(`id: ${event.seq}\nevent: ${name}\ndata: ${JSON.stringify(event)}\n\n`)
    if (res.writableLength > UNSENT_LIMIT) res.destroy()
  }
}
