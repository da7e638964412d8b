/** What is asked of a store. Calls about a whole bucket have no key. */
export type StoreCall = {
  /** The operation's name in the S3 API. */
  call: string
  bucket?: string | undefined
  key?: string | undefined
  endpoint: string
  /** Of a record in the work bucket: never about an object that is migrated. */
  isRecord: boolean
}

type Answered = {
  name?: string
  message?: string
  code?: string
  $metadata?: { httpStatusCode?: number }
  $response?: { headers?: Record<string, string>; body?: unknown }
}

const MAX_KEY = 200
const MAX_ANSWER = 300

/**
 * A call that failed. `name` is the store's own code, such as `AccessDenied`, or that of the network, such as
 * `ECONNREFUSED`; `status` is 0 where nothing was answered.
 */
export class StoreError extends Error {
  override readonly name: string
  readonly call: string
  readonly key: string | undefined
  readonly status: number
  readonly isRecord: boolean
  /** The answer came from something that is no S3 store, such as a web server or a load balancer. */
  readonly isForeign: boolean

  constructor(what: StoreCall, cause: unknown) {
    const answer = readAnswer(what.call, cause)
    super(`${nameOf(what)}: ${textOf(what, answer)}`, { cause })
    this.name = answer.name
    this.call = what.call
    this.key = what.key
    this.isRecord = what.isRecord
    this.status = answer.status
    this.isForeign = answer.isForeign
  }
}

/** Control characters of a key must not reach a log or a terminal as they are. */
export const shownKey = (key: string): string =>
  JSON.stringify(key.slice(0, MAX_KEY)).replace(/[\u007f-\u009f\u2028\u2029]/g, (c) => `\\u${hex(c)}`)

const hex = (character: string): string => character.charCodeAt(0).toString(16).padStart(4, '0')

const nameOf = ({ call, bucket, key }: StoreCall): string => {
  if (bucket === undefined) return call
  return key === undefined ? `${call} of bucket ${bucket}` : `${call} of ${shownKey(key)} in bucket ${bucket}`
}

type Answer = { name: string; status: number; message: string; type: string; isForeign: boolean }

function readAnswer(call: string, cause: unknown): Answer {
  const { name = '', message = String(cause), code, $metadata, $response } = (cause ?? {}) as Answered
  const status = $metadata?.httpStatusCode ?? 0
  const type = $response?.headers?.['content-type'] ?? ''
  const unreadable = typeof $response?.body === 'string' ? $response.body : undefined
  // the SDK's own names for an answer without an S3 error in it, also to a HEAD
  const isNamed = unreadable === undefined && message !== 'UnknownError'
  // a HEAD is answered without a body, and by some stores with the type of a page
  const isPage = !isNamed && !call.startsWith('Head') && /html|json/.test(type)
  const isForeign = unreadable === undefined ? isPage : !isXml(type, unreadable)
  const text = unreadable ?? (isNamed ? message : '')
  const known = code !== undefined && name === 'Error' ? code : name
  return {
    name: unreadable === undefined ? known : 'UnreadableAnswer',
    status,
    message: text,
    type,
    isForeign,
  }
}

const isXml = (type: string, body: string): boolean => type.includes('xml') || body.startsWith('<?xml')

function textOf({ endpoint }: StoreCall, { name, status, message, type, isForeign }: Answer): string {
  const said = message.replace(/\s+/g, ' ').trim().slice(0, MAX_ANSWER)
  if (isForeign || name === 'UnreadableAnswer') {
    const what = `${endpoint} answered ${status}${type ? ` ${type}` : ''}, which is no answer of an S3 store`
    return said ? `${what}: ${said}` : what
  }
  if (status === 0) return `${name}${said ? `: ${said}` : ''}, from ${endpoint}`
  return `${name} (${status})${said ? `: ${said}` : ''}`
}
