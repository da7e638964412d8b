import { randomUUID } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { readHttpBody } from '#local/http-body.ts'
import { AwsError, type AwsJsonService } from '#local/types.ts'

const BODY_LIMIT = 16 * 1024 * 1024

/** Answers one AWS JSON request: body in, service, body or error out. */
export async function serveJson(
  req: IncomingMessage,
  res: ServerResponse,
  service: AwsJsonService,
): Promise<void> {
  const operation = String(req.headers['x-amz-target']).split('.').at(-1) ?? ''
  try {
    const answer = await service(operation, parse(await readBody(req)))
    sendJson(res, 200, answer ?? {})
  } catch (error) {
    sendError(res, error)
  }
}

export function sendJson(res: ServerResponse, status: number, body: unknown): void {
  const text = JSON.stringify(body)
  // 1.0 or 1.1, as the client spoke.
  const type = res.req.headers['content-type'] ?? 'application/x-amz-json-1.0'
  res.setHeader('x-amzn-requestid', randomUUID())
  res.writeHead(status, { 'content-type': type, 'content-length': Buffer.byteLength(text) }).end(text)
}

export function sendError(res: ServerResponse, error: unknown): void {
  if (res.headersSent) {
    res.destroy()
    return
  }
  const internal = () => new AwsError('InternalFailure', (error as Error).message, { status: 500 })
  const { code, message, status, fields } = error instanceof AwsError ? error : internal()
  res.setHeader('x-amzn-errortype', code)
  sendJson(res, status, { __type: code, message, ...fields })
}

async function readBody(req: IncomingMessage): Promise<string> {
  const body = await readHttpBody(req, BODY_LIMIT)
  if ('bytes' in body) return body.bytes.toString()
  const reason = `the body has ${body.tooLarge} bytes; send at most ${BODY_LIMIT}`
  throw new AwsError('RequestEntityTooLarge', reason, { status: 413 })
}

function parse(body: string): Record<string, unknown> {
  let value: unknown
  try {
    value = JSON.parse(body || '{}')
  } catch (error) {
    throw new AwsError('SerializationException', `the body is not JSON: ${(error as Error).message}`)
  }
  if (value !== null && typeof value === 'object' && !Array.isArray(value))
    return value as Record<string, unknown>
  throw new AwsError('SerializationException', 'the body is not a JSON object; send one')
}
