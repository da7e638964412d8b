import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'

export type SlowStore = {
  url: string
  /** Answers 503 to the next `count` AbortMultipartUpload requests. */
  failAborts(count: number): void
  refusedAborts(): number
  /** The S3 server has come back elsewhere. */
  retarget(target: string): void
  close(): Promise<void>
}

const isPart = ({ method, url }: IncomingMessage): boolean =>
  method === 'PUT' && /[?&]partNumber=/.test(url ?? '')
const isAbort = ({ method, url }: IncomingMessage): boolean =>
  method === 'DELETE' && /[?&]uploadId=/.test(url ?? '')

/**
 * The S3 server seen through a slow line: each part of a multipart upload takes `partMs` longer. What takes
 * minutes in a data centre can so be caught in the middle with a few megabytes.
 */
export async function startSlowStore(first: string, { partMs }: { partMs: number }): Promise<SlowStore> {
  let target = first
  let toFail = 0
  let refused = 0
  const server = createServer(async (req, res) => {
    if (isPart(req)) await sleep(partMs)
    if (isAbort(req) && toFail > 0) {
      toFail -= 1
      refused += 1
      req.resume()
      return void res.writeHead(503, { 'content-type': 'application/xml' }).end(SLOW_DOWN)
    }
    forward(req, res, target)
  })
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    failAborts: (count) => {
      toFail = count
    },
    refusedAborts: () => refused,
    retarget: (url) => {
      target = url
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

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
