import { Agent, type IncomingMessage, request as requestHttp, type ServerResponse } from 'node:http'
import { request as requestHttps } from 'node:https'
import { AwsError } from '#local/types.ts'
import { sendError } from './json-service.ts'

export type ProxyOptions = {
  /** Where DynamoDB listens now; waits while it restarts. */
  endpoint(): Promise<URL>
  /** Something was written. */
  onWrite(): void
}

const WRITES =
  /\.(PutItem|UpdateItem|DeleteItem|BatchWriteItem|TransactWriteItems|ExecuteStatement|BatchExecuteStatement|ExecuteTransaction)$/

/** Hands DynamoDB requests on as they are. */
export function createProxy({ endpoint, onWrite }: ProxyOptions) {
  const agent = new Agent({ keepAlive: true })
  const forward = async (req: IncomingMessage, res: ServerResponse): Promise<void> => {
    const url = await endpoint().catch((error: unknown) => fail(res, error))
    if (!url) return
    const writes = WRITES.test(String(req.headers['x-amz-target']))
    const secure = url.protocol === 'https:'
    const send = secure ? requestHttps : requestHttp
    const headers = { ...req.headers, host: url.host }
    const upstream = send(url, { method: 'POST', headers, ...(!secure && { agent }) }, (answer) => {
      res.writeHead(answer.statusCode ?? 500, answer.headers)
      answer.on('error', () => res.destroy())
      if (writes) answer.on('end', onWrite)
      answer.pipe(res)
    })
    // An emulator that dies in mid-request: whether the write landed is unknown, so the caller must ask again.
    upstream.on('error', (error) => fail(res, error))
    res.on('close', () => {
      if (!res.writableFinished) upstream.destroy()
    })
    req.pipe(upstream)
  }
  return { forward, close: () => agent.destroy() }
}

function fail(res: ServerResponse, error: unknown): undefined {
  if (res.destroyed) return
  const reason = (error as Error).message
  sendError(res, new AwsError('InternalServerError', `DynamoDB does not answer: ${reason}`, { status: 500 }))
}
