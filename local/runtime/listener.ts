import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

export type Listener = (req: IncomingMessage, res: ServerResponse) => void | Promise<void>

export type Door = { url: string; serve(listener: Listener): void; close(): Promise<void> }

export type DoorOptions = { port: number; variable: string; log(line: string): void }

const GRACE_MS = 300

/** Listens on loopback; answers 503 until `serve` tells who answers. */
export async function openDoor({ port, variable, log }: DoorOptions): Promise<Door> {
  let listener: Listener = (_, res) => void res.writeHead(503, { 'retry-after': '1' }).end()
  const server = createServer((req, res) => {
    void Promise.resolve(listener(req, res)).catch((error: unknown) => {
      // A client that went away in mid-request is nobody's fault.
      if (!req.destroyed || req.complete) log(`${req.method} ${req.url} failed: ${(error as Error).message}`)
      if (res.headersSent) res.destroy()
      else res.writeHead(500).end()
    })
  })
  // Uploads take as long as they take; idle connections outlive the SDK's pauses.
  server.requestTimeout = 0
  server.keepAliveTimeout = 60_000
  await listen(server, port, variable)
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    serve(next) {
      listener = next
    },
    close: () => closeServer(server),
  }
}

async function listen(server: Server, port: number, variable: string): Promise<void> {
  try {
    server.listen(port, '127.0.0.1')
    await once(server, 'listening')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error
    throw new Error(`port ${port} is in use; set ${variable} to another one (0 picks a free one)`)
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
