import { HostRefused } from '../../reach/hosts.ts'
import { type Answer, NoAnswer } from '../../reach/request.ts'
import type { HttpParameters } from '../parameters/http.ts'
import { filled, missingIn, type Values } from './template.ts'
import { SecretAway, SecretRefused, type Web } from './web.ts'

/**
 * How a request ended. `busy`: it was certainly not carried out, for now; `lost`: it may have been; `refused`: it was not,
 * and would not be.
 */
export type Replied =
  | { kind: 'answer'; answer: Answer }
  | { kind: 'busy' | 'lost' | 'refused'; why: string; status: number | null }

export type Asking = {
  part: 'start' | 'status' | 'abort' | 'revert'
  values: Values
  key?: string
  signal: AbortSignal
}

type Asked = {
  url: string
  headers?: Record<string, string> | undefined
  method?: string | undefined
  body?: unknown
}

const DEFAULT_METHOD = { start: 'POST', status: 'GET', abort: 'DELETE', revert: 'POST' } as const
const LONGEST_WORDS = 300

/** Asks the requests of one action. No secret is in what it says of the answers. */
export class Conversation {
  private readonly web: Web
  private readonly given: HttpParameters
  private readonly base: URL
  private secrets: Record<string, string> | undefined

  constructor(web: Web, given: HttpParameters) {
    this.web = web
    this.given = given
    this.base = new URL(given.start.url)
  }

  /** Once more with the secret read anew, where it may have been changed. @throws the reason of the signal */
  async ask(asking: Asking): Promise<Replied> {
    const wasRead = this.secrets !== undefined
    const first = await this.askOnce(asking)
    const denied = first.kind === 'refused' && first.status === 401
    if (!denied || !wasRead) return first
    this.secrets = undefined
    return this.askOnce(asking)
  }

  private async askOnce({ part, values, key, signal }: Asking): Promise<Replied> {
    const { url: template, headers = {}, method, body }: Asked = this.given[part]!
    const missing = missingIn(template, values)
    if (missing.length > 0)
      return refused(`no answer has given ${missing.join(' and ')} for the URL of its ${part}`)
    const url = filled(template, values, this.base)
    const bad = whyNotAsked(url, this.given.headers_secret ? this.base : null)
    if (url === null || bad !== null) return refused(`the URL of its ${part} ${bad}`)
    const verify = this.given.verify_ca ?? true
    try {
      const own = { ...headers, ...(await this.secretHeaders()), ...(key ? { 'idempotency-key': key } : {}) }
      const request = { method: method ?? DEFAULT_METHOD[part], url, headers: own, verify, signal }
      return this.replied(await this.web.ask({ ...request, ...(body === undefined ? {} : { body }) }), part)
    } catch (error) {
      signal.throwIfAborted()
      return this.failed(error as Error)
    }
  }

  private async secretHeaders(): Promise<Record<string, string>> {
    const { headers_secret: name } = this.given
    if (name === undefined) return {}
    this.secrets ??= await this.web.headersIn(name)
    return this.secrets
  }

  private replied(answer: Answer, part: string): Replied {
    const { status, headers } = answer
    if (status >= 200 && status < 300) return { kind: 'answer', answer }
    const why = `${part}: ${status}${this.wordsOf(answer)}`
    const again = status === 429 || (status === 503 && headers['retry-after'] !== undefined)
    if (again) return { kind: 'busy', why, status }
    if (status >= 300 && status < 400)
      return { kind: 'refused', why: `${why}: redirects are not followed`, status }
    return { kind: status >= 500 ? 'lost' : 'refused', why, status }
  }

  private failed(error: Error): Replied {
    if (error instanceof NoAnswer)
      return { kind: error.sent ? 'lost' : 'busy', why: this.scrubbed(error.message), status: null }
    if (error instanceof SecretAway) return { kind: 'busy', why: error.message, status: null }
    if (error instanceof HostRefused || error instanceof SecretRefused) return refused(error.message)
    throw error
  }

  /** What the answer says against the request, in one line. */
  private wordsOf({ json, text }: Answer): string {
    const { message, error, faultstring } = (json ?? {}) as Record<string, unknown>
    const nested = (error as { message?: unknown } | null | undefined)?.message
    const words = [message, nested, faultstring, error, text].find(
      (one) => typeof one === 'string' && one !== '',
    )
    return words === undefined ? '' : ` ${this.scrubbed(String(words))}`
  }

  private scrubbed(text: string): string {
    const secrets = Object.values(this.secrets ?? {})
    const clean = secrets.reduce((words, secret) => words.replaceAll(secret, '***'), text)
    return clean.replace(/\p{Cc}+/gu, ' ').slice(0, LONGEST_WORDS)
  }
}

const refused = (why: string): Replied => ({ kind: 'refused', why, status: null })

/** `home`: where secret headers may go; null where there are none. */
function whyNotAsked(url: URL | null, home: URL | null): string | null {
  if (url === null || !/^https?:$/.test(url.protocol)) return 'is none of http or https'
  if (url.username !== '' || url.password !== '') return 'has a password in it'
  return home !== null && url.origin !== home.origin
    ? `leads to ${url.host}: its secret goes to ${home.host} only`
    : null
}
