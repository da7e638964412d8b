import { randomBytes } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { checkPresigned } from './presigned.ts'
import { openS3Data, type S3Data } from './s3-data.ts'
import { S3Error } from './s3-error.ts'
import { type Reply, readRequest } from './s3-request.ts'
import { findRoute } from './s3-routes.ts'
import { toErrorXml } from './xml.ts'

export interface S3Operation {
  /** the operation's name in the S3 API, such as `UploadPartCopy` */
  operation: string
  bucket: string
  key: string
  query: URLSearchParams
}

export interface S3Options {
  dataDir: string
  region: string
  /** Decides which presigned URLs have expired. @default the clock of the machine */
  now?: () => number
  /**
   * Fault injection for tests, asked before each operation and awaited: `fail` answers 503 SlowDown and executes
   * nothing, `drop-reply` executes and then cuts the connection. Holding the promise holds the operation.
   */
  intercept?: (operation: S3Operation) => Promise<'fail' | 'drop-reply' | undefined>
}

export interface S3 {
  handle(message: IncomingMessage, response: ServerResponse): Promise<void>
  /** Cuts the requests under way, waits for their end and closes the data folder. */
  close(): Promise<void>
}

function errorReply(error: unknown, message: IncomingMessage, requestId: string): Reply {
  const internal = () => new S3Error('InternalError', error instanceof Error ? error.message : String(error))
  const { code, message: text, status, fields, headers } = error instanceof S3Error ? error : internal()
  const bodiless = message.method === 'HEAD' || status === 304
  const resource = message.url?.split('?', 1)[0] ?? '/'
  const body = toErrorXml({ Code: code, Message: text, ...fields, Resource: resource, RequestId: requestId })
  return { status, headers, ...(bodiless ? {} : { body }) }
}

async function send(response: ServerResponse, { status = 200, headers = {}, body, release }: Reply) {
  try {
    response.statusCode = status
    for (const [name, value] of Object.entries(headers)) response.setHeader(name, value)
    if (body === undefined || typeof body === 'string') {
      if (body !== undefined && !headers['content-type'])
        response.setHeader('content-type', 'application/xml')
      if (body !== undefined) response.setHeader('content-length', Buffer.byteLength(body))
      response.end(body)
      return
    }
    await pipeline(Readable.from(body, { highWaterMark: 2 }), response)
  } catch {
    // the headers are out: only a cut connection still tells the reader that the body is not whole
    response.destroy()
  } finally {
    release?.()
  }
}

async function answer(message: IncomingMessage, response: ServerResponse, context: Context): Promise<void> {
  const requestId = randomBytes(8).toString('hex').toUpperCase()
  response.setHeader('x-amz-request-id', requestId)
  response.setHeader('server', 'AmazonS3')
  // An object that is a web page would otherwise run as a page of this very endpoint.
  response.setHeader('content-security-policy', 'sandbox')
  response.setHeader('x-content-type-options', 'nosniff')
  try {
    const request = readRequest(message)
    checkPresigned(request, context.now())
    const route = findRoute(request)
    const { bucket, key, query } = request
    const fault = await context.intercept?.({ operation: route.operation, bucket, key, query })
    if (fault === 'fail') throw new S3Error('SlowDown', 'please reduce your request rate')
    const reply = await route.run(request, context.data)
    if (fault !== 'drop-reply') return await send(response, reply)
    reply.release?.()
    response.destroy()
  } catch (error) {
    await send(response, errorReply(error, message, requestId))
  }
}

interface Context {
  data: S3Data
  now: () => number
  intercept: S3Options['intercept']
}

/** A file-backed S3: path-style addresses, one region, no versions; signatures are not verified. */
export function createS3(options: S3Options): S3 {
  const { now = Date.now, intercept } = options
  const context: Context = { data: openS3Data(options), now, intercept }
  const running = new Map<ServerResponse, Promise<void>>()
  let closing = false
  return {
    async handle(message, response) {
      if (closing) {
        response.destroy()
        return
      }
      const work = answer(message, response, context)
      running.set(response, work)
      await work
      running.delete(response)
    },
    async close() {
      if (closing) return
      closing = true
      for (const response of running.keys()) response.destroy()
      await Promise.all(running.values())
      context.data.close()
    },
  }
}
