import { request as plain } from 'node:http'
import { type RequestOptions, request as tls } from 'node:https'
import { guardedLookup } from '../../reach/guarded-lookup.ts'
import { HostRefused, type HostRules, refuseHost } from '../../reach/hosts.ts'
import { BmcError, BmcRefusal, NotReached } from '../power/driver.ts'

export type BmcAnswer = {
  status: number
  headers: Record<string, string | string[] | undefined>
  /** Undefined where it is empty, or no JSON. */
  json: unknown
  text: string
}

export type BmcRequest = {
  method: 'GET' | 'POST' | 'DELETE'
  url: URL
  headers: Record<string, string>
  body?: unknown
  /** Certificate authorities in PEM; false takes any certificate. @default those of Node */
  verify: string | boolean
  rules: HostRules
  signal?: AbortSignal | undefined
}

const ANSWER_MS = 10_000
const MAX_BYTES = 1024 ** 2

const HEADERS = { 'odata-version': '4.0', accept: 'application/json', 'accept-encoding': 'identity' }

/** One request, never redirected. @throws BmcRefusal where its host may not be reached, NotReached, BmcError */
export async function askBmc(asked: BmcRequest): Promise<BmcAnswer> {
  try {
    refuseHost(asked.url.hostname, asked.rules)
    return await send(asked)
  } catch (error) {
    if (asked.signal?.aborted) throw asked.signal.reason
    throw failureOf(error as Error, asked.url)
  }
}

function send(asked: BmcRequest): Promise<BmcAnswer> {
  const { method, url, headers, body, verify, rules, signal } = asked
  const payload = body === undefined ? undefined : JSON.stringify(body)
  const options: RequestOptions = {
    method,
    headers: {
      ...HEADERS,
      ...(payload
        ? { 'content-type': 'application/json', 'content-length': Buffer.byteLength(payload) }
        : {}),
      ...headers,
    },
    signal: AbortSignal.any([AbortSignal.timeout(ANSWER_MS), ...(signal ? [signal] : [])]),
    ...(rules.loopback ? {} : { lookup: guardedLookup }),
    rejectUnauthorized: verify !== false,
    ...(typeof verify === 'string' ? { ca: verify } : {}),
  }
  const { promise, resolve, reject } = Promise.withResolvers<BmcAnswer>()
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

function failureOf(error: Error & { code?: string }, url: URL): Error {
  if (error instanceof HostRefused) return new BmcRefusal(error.message)
  const why = error.name === 'TimeoutError' ? `no answer within ${ANSWER_MS / 1000} s` : error.message
  const message = `${url.host} cannot be asked: ${why}`
  const certificate = /CERT|SELF_SIGNED|UNABLE_TO_VERIFY|ALTNAME/.test(error.code ?? '')
  if (certificate || BEFORE_SENDING.includes(error.code ?? ''))
    return new NotReached(message, { cause: error })
  return new BmcError(message, { cause: error })
}
