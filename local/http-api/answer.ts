import type { ServerResponse } from 'node:http'
import type { InvokeResult } from '#local/types.ts'
import type { Refusal } from './foreign-requests.ts'

type StructuredAnswer = {
  statusCode: number
  headers?: Record<string, unknown>
  cookies?: string[]
  body?: unknown
  isBase64Encoded?: boolean
}

/** Sends what the function answered: as it says, or, without a statusCode, as a JSON body with 200. */
export function sendResult(res: ServerResponse, { payload, functionError }: InvokeResult): void {
  // API Gateway answers a failed function, and an answer it cannot read, alike.
  if (functionError || (hasStatus(payload) && !isSound(payload))) {
    sendMessage(res, 500, 'Internal Server Error')
  } else if (hasStatus(payload)) {
    sendStructured(res, payload)
  } else {
    const body = typeof payload === 'string' ? payload : JSON.stringify(payload ?? null)
    res.writeHead(200, { 'content-type': 'application/json' }).end(body)
  }
}

function isSound({ statusCode, body }: StructuredAnswer): boolean {
  const status = Number(statusCode)
  const textual = body === undefined || body === null || typeof body === 'string'
  return textual && Number.isInteger(status) && status >= 100 && status <= 599
}

function sendStructured(
  res: ServerResponse,
  { statusCode, headers, cookies, body, isBase64Encoded }: StructuredAnswer,
) {
  const bytes = Buffer.from(String(body ?? ''), isBase64Encoded ? 'base64' : 'utf8')
  for (const [name, value] of Object.entries(headers ?? {})) res.setHeader(name, String(value))
  if (cookies && cookies.length > 0) res.setHeader('set-cookie', cookies)
  const typed = res.hasHeader('content-type') || bytes.length === 0
  if (!typed) res.setHeader('content-type', 'text/plain;charset=UTF-8')
  const status = Number(statusCode)
  if (status !== 204 && status !== 304) res.setHeader('content-length', bytes.length)
  res.writeHead(status).end(bytes)
}

function hasStatus(payload: unknown): payload is StructuredAnswer {
  return payload !== null && typeof payload === 'object' && 'statusCode' in payload
}

/** API Gateway's own answers. */
export function sendMessage(res: ServerResponse, status: number, message: string): void {
  if (res.headersSent) res.destroy()
  else res.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify({ message }))
}

/** RFC 9457: what the local server itself refuses. */
export function sendProblem(res: ServerResponse, { status, title, detail }: Refusal): void {
  const body = JSON.stringify({ type: 'about:blank', title, status, detail })
  // The rest is read and dropped, so that the refusal reaches a client that is still sending.
  res.req.resume()
  res.writeHead(status, { 'content-type': 'application/problem+json' }).end(body)
}
