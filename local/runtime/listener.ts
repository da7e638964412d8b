import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

export type RequestHandler = (req: IncomingMessage, res: ServerResponse) => void | Promise<void>

export type Listener = { url: string; serve(handler: RequestHandler): void; close(): Promise<void> }

/** `setting` is what the caller calls the port, for the message when it is taken. */
export type ListenerOptions = { port: number; setting: string; log(line: string): void }

const GRACE_MS = 300

/** Listens on loopback; answers 503 until `serve` names the handler. */
export async function openListener({ port, setting, log }: ListenerOptions): Promise<Listener> {
  let handler: RequestHandler = (_, res) => void res.writeHead(503, { 'retry-after': '1' }).end()
  const server = createServer((req, res) => {
    void Promise.resolve(handler(req, res)).catch((error: unknown) => {
      // A client that went away in mid-request is nobody's fault.
      if (!req.destroyed || req.complete) log(`${req.method} ${req.url} failed: ${(error as Error).message}`)
      if (res.headersSent) res.destroy()
      else res.writeHead(500).end()
    })
  })
  // Uploads take as long as they take; idle connections outlive the SDK's pauses.
  server.requestTimeout = 0
  server.keepAliveTimeout = 60_000
  await listen(server, port, setting)
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    serve(next) {
      handler = next
    },
    close: () => closeServer(server),
  }
}

async function listen(server: Server, port: number, setting: string): Promise<void> {
  try {
    server.listen(port, '127.0.0.1')
    await once(server, 'listening')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error
    throw new Error(`port ${port} is in use; set ${setting} to another one (0 picks a free one)`)
  }
}

async function closeServer(server: Server): Promise<void> {
  const closed = once(server, 'close')
  server.close()
  server.closeIdleConnections()
  const cut = setTimeout(() => server.closeAllConnections(), GRACE_MS)
  await closed
  clearTimeout(cut)
}
