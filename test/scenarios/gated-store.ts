import { once } from 'node:events'
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

export type GatedStore = AsyncDisposable & {
  url: string
  /** Passed once a part is held: the copy is in the middle of an object, and stays there. */
  held: Promise<void>
  /** Lets the held parts and all others through. */
  open(): void
  /**
   * From now on lets through, again and again, the parts that are held at that moment: a graceful abort waits for
   * the calls in hand, and a copy that goes on all the same is caught at its next part.
   */
  trickle(): void
  /** Answers 503 to the next `count` AbortMultipartUpload requests. */
  failAborts(count: number): void
  refusedAborts(): number
  /** The S3 server has come back elsewhere. */
  retarget(target: string): void
}

const isPart = ({ method, url }: IncomingMessage): boolean =>
  method === 'PUT' && /[?&]partNumber=/.test(url ?? '')
const isAbort = ({ method, url }: IncomingMessage): boolean =>
  method === 'DELETE' && /[?&]uploadId=/.test(url ?? '')

/**
 * The S3 server behind a gate: the first part of a multipart upload goes through and all others are held, until
 * the gate opens or the client gives up. So a copy that takes a moment here is caught in its middle, however slow
 * or fast the machine.
 */
export async function startGatedStore(first: string): Promise<GatedStore> {
  let target = first
  let toFail = 0
  let refused = 0
  let parts = 0
  const held = Promise.withResolvers<void>()
  const opened = Promise.withResolvers<void>()
  let letThrough = Promise.withResolvers<void>()
  let trickling: NodeJS.Timeout | undefined
  const passed = (res: ServerResponse): Promise<unknown> => {
    parts += 1
    if (parts === 1) return Promise.resolve()
    held.resolve()
    return Promise.race([opened.promise, letThrough.promise, once(res, 'close')])
  }
  const server = createServer(async (req, res) => {
    if (isPart(req)) await passed(res)
    if (req.socket.destroyed) return
    if (isAbort(req) && toFail > 0) {
      toFail -= 1
      refused += 1
      req.resume()
      return void res.writeHead(503, { 'content-type': 'application/xml' }).end(SLOW_DOWN)
    }
    forward(req, res, target)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    held: held.promise,
    open: opened.resolve,
    trickle: () => {
      trickling ??= setInterval(() => {
        letThrough.resolve()
        letThrough = Promise.withResolvers<void>()
      }, TRICKLE_MS)
    },
    failAborts: (count) => {
      toFail = count
    },
    refusedAborts: () => refused,
    retarget: (url) => {
      target = url
    },
    [Symbol.asyncDispose]: async () => {
      clearInterval(trickling)
      server.close()
      server.closeAllConnections()
      await once(server, 'close')
    },
  }
}

/** Longer than a step takes to see an abort. */
const TRICKLE_MS = 500

const SLOW_DOWN = '<Error><Code>SlowDown</Code><Message>please reduce your request rate</Message></Error>'

function forward(req: IncomingMessage, res: ServerResponse, target: string): void {
  const { host, hostname, port } = new URL(target)
  const headers = { ...req.headers, host }
  const onward = request({ hostname, port, method: req.method, path: req.url, headers }, (answer) => {
    res.writeHead(answer.statusCode ?? 502, answer.rawHeaders)
    answer.pipe(res)
  })
  onward.on('error', () => res.destroy())
  res.on('close', () => onward.destroy())
  req.pipe(onward)
}
