import { type IncomingMessage, request as plain } from 'node:http'
import { type RequestOptions, request as tls } from 'node:https'
import { guardedLookup } from './guarded-lookup.ts'
import { HostRefused, type HostRules, refuseHost } from './hosts.ts'

export type Answer = {
  status: number
  headers: IncomingMessage['headers']
  /** Undefined where it is empty, or no JSON. */
  json: unknown
  text: string
}

export type Request = {
  method: string
  url: URL
  headers: Record<string, string>
  /** Sent as JSON. */
  body?: unknown
  /** Certificate authorities in PEM; false takes any certificate. @default those of Node */
  verify: string | boolean
  rules: HostRules
  signal?: AbortSignal | undefined
}

/** No answer came. `sent`: the request may have been carried out all the same. */
export class NoAnswer extends Error {
  override readonly name = 'NoAnswer'
  readonly sent: boolean
  constructor(message: string, { sent, cause }: { sent: boolean; cause: unknown }) {
    super(message, { cause })
    this.sent = sent
  }
}

const ANSWER_MS = 10_000
const MAX_BYTES = 1024 ** 2

/**
 * One request, never redirected, of an answer of 1 MiB at most.
 *
 * @throws HostRefused, NoAnswer, the reason of the signal
 */
export async function ask(asked: Request): Promise<Answer> {
  try {
    refuseHost(asked.url.hostname, asked.rules)
    return await send(asked)
  } catch (error) {
    if (asked.signal?.aborted) throw asked.signal.reason
    if (error instanceof HostRefused) throw error
    throw failureOf(error as Error, asked.url)
  }
}

function send({ method, url, headers, body, verify, rules, signal }: Request): Promise<Answer> {
  const payload = body === undefined ? undefined : JSON.stringify(body)
  const ofBody = payload
    ? { 'content-type': 'application/json', 'content-length': Buffer.byteLength(payload) }
    : {}
  const options: RequestOptions = {
    method,
    headers: { accept: 'application/json', 'accept-encoding': 'identity', ...ofBody, ...headers },
    signal: AbortSignal.any([AbortSignal.timeout(ANSWER_MS), ...(signal ? [signal] : [])]),
    ...(rules.loopback ? {} : { lookup: guardedLookup }),
    rejectUnauthorized: verify !== false,
    ...(typeof verify === 'string' ? { ca: verify } : {}),
  }
  const { promise, resolve, reject } = Promise.withResolvers<Answer>()
  const sent = (url.protocol === 'http:' ? plain : tls)(url, options, (res) => {
    const { statusCode: status = 0, headers: received } = res
    textOf(res).then((text) => resolve({ status, headers: received, json: jsonIn(text), text }), reject)
  })
  sent.on('error', reject)
  sent.end(payload)
  return promise
}

async function textOf(res: AsyncIterable<Buffer>): Promise<string> {
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of res) {
    bytes += chunk.length
    if (bytes > MAX_BYTES) throw new Error(`the answer is larger than ${MAX_BYTES} bytes`)
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString()
}

function jsonIn(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** Before the request was sent; of any other failure it is not known how far it came. */
const BEFORE_SENDING = ['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH']

function failureOf(error: Error & { code?: string }, url: URL): NoAnswer {
  const { name, message, code = '' } = error
  const why = name === 'TimeoutError' ? `no answer within ${ANSWER_MS / 1000} s` : message
  const certificate = /CERT|SELF_SIGNED|UNABLE_TO_VERIFY|ALTNAME/.test(code)
  const sent = !certificate && !BEFORE_SENDING.includes(code)
  return new NoAnswer(`${url.host} cannot be asked: ${why}`, { sent, cause: error })
}
