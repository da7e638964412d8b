import { once } from 'node:events'
import {
  Agent,
  createServer,
  type IncomingMessage,
  type OutgoingHttpHeaders,
  type ServerResponse,
  request as sendRequest,
} from 'node:http'
import type { AddressInfo } from 'node:net'
import { buffer } from 'node:stream/consumers'

/** A request on its way to the store; what is changed here is what the store gets. */
export type ForeignRequest = {
  method: string
  /** Path and query, as sent: `/bucket/key?uploads`. */
  url: string
  headers: OutgoingHttpHeaders
  body: Buffer
  /** Told from the URL, for deciding only. */
  readonly bucket: string
  readonly key: string
  readonly query: URLSearchParams
}

/** An answer on its way back. Header values are Latin-1, as Node has them: each character is one byte. */
export type ForeignAnswer = { status: number; headers: OutgoingHttpHeaders; body: Buffer | string }

/** `cut` closes the connection without an answer, `hang` keeps it open without one. */
type Verdict = ForeignAnswer | 'cut' | 'hang' | undefined

export type ForeignHooks = {
  /** Before the store is asked. An answer returned here is sent in its place. */
  request?(request: ForeignRequest): Verdict | Promise<Verdict>
  /** After the store has acted: changes its answer in place, or returns another. */
  answer?(request: ForeignRequest, answer: ForeignAnswer): Verdict | Promise<Verdict>
}

export type ForeignStore = {
  endpoint: string
  /** Sets the hooks of all further requests; none lets everything pass as it is. */
  play(hooks?: ForeignHooks): void
  close(): Promise<void>
}

/** An answer in the form of S3's errors. */
export const s3Error = (status: number, code: string, message = 'played by the test'): ForeignAnswer => ({
  status,
  headers: { 'content-type': 'application/xml' },
  body: `<?xml version="1.0"?><Error><Code>${code}</Code><Message>${message}</Message></Error>`,
})

/** Another store on another loopback port: hands on to `target` what the hooks leave or change. */
export async function foreignStore(target: string, hooks: ForeignHooks = {}): Promise<ForeignStore> {
  let current = hooks
  const agent = new Agent({ keepAlive: true })
  const server = createServer(async (message, response) => {
    try {
      await handle({ message, response }, { target, agent, hooks: current })
    } catch {
      response.destroy()
    }
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    play: (next = {}) => {
      current = next
    },
    close: async () => {
      server.closeAllConnections()
      server.close()
      agent.destroy()
    },
  }
}

type Exchange = { message: IncomingMessage; response: ServerResponse }
type Upstream = { target: string; agent: Agent; hooks: ForeignHooks }

async function handle({ message, response }: Exchange, { target, agent, hooks }: Upstream): Promise<void> {
  const request = await read(message)
  const early = await hooks.request?.(request)
  const given = early ?? (await forward(request, { target, agent }))
  if (early === undefined && typeof given === 'object') {
    return reply(response, request, (await hooks.answer?.(request, given)) ?? given)
  }
  reply(response, request, given)
}

async function read(message: IncomingMessage): Promise<ForeignRequest> {
  const { method = 'GET', url = '/', headers } = message
  const [path = '', query = ''] = url.split(/\?(.*)/s)
  const [, bucket = '', key = ''] = /^\/([^/]*)\/?(.*)$/s.exec(path) ?? []
  const body = await buffer(message)
  const names = { bucket: decodeURIComponent(bucket), key: decodeURIComponent(key) }
  return { method, url, headers: { ...headers }, body, ...names, query: new URLSearchParams(query) }
}

async function forward(
  { method, url, headers, body }: ForeignRequest,
  { target, agent }: Pick<Upstream, 'target' | 'agent'>,
): Promise<ForeignAnswer> {
  const { 'transfer-encoding': _coding, expect: _expect, ...kept } = headers
  const { hostname, port, host } = new URL(target)
  const outgoing = { ...kept, host, 'content-length': String(body.length) }
  const request = sendRequest({ hostname, port, method, path: url, headers: outgoing, agent })
  request.end(body)
  const [answer] = (await once(request, 'response')) as [IncomingMessage]
  const { 'transfer-encoding': _chunked, connection: _kept, ...answered } = answer.headers
  return { status: answer.statusCode ?? 500, headers: answered, body: await buffer(answer) }
}

function reply(response: ServerResponse, { method }: ForeignRequest, verdict: Verdict): void {
  if (verdict === 'hang' || verdict === undefined) return
  if (verdict === 'cut') return void response.destroy()
  const { status, headers, body } = verdict
  const bodiless = method === 'HEAD' || status === 204 || status === 304
  const length = bodiless ? {} : { 'content-length': Buffer.byteLength(body) }
  // Node re-encodes a Content-Disposition that follows the length, and headers that leave with a text
  const { 'content-length': known, ...others } = headers
  response.writeHead(status, {
    ...others,
    ...(known !== undefined && { 'content-length': known }),
    ...length,
  })
  response.end(bodiless ? undefined : Buffer.from(body as string))
}
