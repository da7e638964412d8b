import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { buffer } from 'node:stream/consumers'
import sirv from 'sirv'
import type { Fetch } from '#client/http.ts'
import { PAGE_HEADERS } from './page.ts'

export type ServeOptions = { port: number; folder: string; apiUrl: string; fetch: Fetch }
export type Served = { url: string; close(): Promise<void> }

const HANDED_ON = ['accept', 'content-type', 'idempotency-key', 'if-none-match']
const HANDED_BACK = ['content-type', 'etag', 'location', 'retry-after', 'cache-control']

/** The page, and beside it the API: whatever is no file of the page is handed on to it, through `fetch`, which signs. */
export async function serveConsole({ port, folder, apiUrl, fetch }: ServeOptions): Promise<Served> {
  const files = sirv(folder, {
    dev: true,
    etag: true,
    setHeaders: (res) => {
      for (const [name, value] of Object.entries(PAGE_HEADERS)) res.setHeader(name, value)
    },
  })
  const server = createServer((req, res) => {
    const refusal = refuseForeign(req)
    if (refusal) return void res.writeHead(403, { 'content-type': 'text/plain' }).end(refusal)
    files(req, res, () => {
      handOn(req, res, { apiUrl, fetch }).catch((error: Error) => tellLost(res, error))
    })
  })
  server.listen(port, '127.0.0.1')
  await once(server, 'listening')
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
  const close = async (): Promise<void> => {
    server.close()
    server.closeAllConnections()
    await once(server, 'close')
  }
  return { url, close }
}

/**
 * Requests are signed for whoever may ask, so nobody else may: a page of another origin, also one whose name was made
 * to mean this machine.
 */
function refuseForeign({ headers, socket }: IncomingMessage): string | null {
  const own = [`127.0.0.1:${socket.localPort}`, `localhost:${socket.localPort}`]
  if (!own.includes(headers.host ?? '')) return 'this host is not served here'
  const { origin } = headers
  if (origin !== undefined && !own.some((host) => origin === `http://${host}`))
    return 'this origin may not ask'
  const site = headers['sec-fetch-site']
  return site === undefined || site === 'same-origin' || site === 'none' ? null : 'this site may not ask'
}

type Upstream = Pick<ServeOptions, 'apiUrl' | 'fetch'>

async function handOn(req: IncomingMessage, res: ServerResponse, { apiUrl, fetch }: Upstream): Promise<void> {
  const body = await buffer(req)
  const headers = picked(HANDED_ON, (name) => req.headers[name] as string | undefined)
  const answer = await fetch(apiUrl + (req.url ?? '/'), {
    method: req.method ?? 'GET',
    headers,
    ...(body.length > 0 && { body: body.toString() }),
  })
  const sent = Buffer.from(await answer.arrayBuffer())
  res.writeHead(
    answer.status,
    picked(HANDED_BACK, (name) => answer.headers.get(name) ?? undefined),
  )
  res.end(sent)
}

function tellLost(res: ServerResponse, error: Error): void {
  const detail = `the API cannot be asked: ${error.message}`
  res.writeHead(502, { 'content-type': 'application/problem+json' })
  res.end(JSON.stringify({ type: 'about:blank', title: 'The API does not answer', status: 502, detail }))
}

const picked = (names: string[], given: (name: string) => string | undefined): Record<string, string> =>
  Object.fromEntries(names.flatMap((name) => (given(name) === undefined ? [] : [[name, given(name)!]])))
