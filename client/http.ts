import { EtagCache } from './etag-cache.ts'
import { ApiProblem, ApiUnreachable } from './problem.ts'

export type Fetch = (url: string, init: RequestInit) => Promise<Response>

/** `endpoint`: where the API is, without a slash at its end; in a page it may be a path, or empty. */
export type HttpOptions = { endpoint: string; fetch?: Fetch | undefined }

export type CallOptions = { signal?: AbortSignal | undefined }
type Query = Record<string, string | number | undefined>
export type Sent = CallOptions & {
  body?: unknown
  headers?: Record<string, string>
  /** Asking twice is asking once. */
  repeatable?: boolean
}

export type Answer<Body> = { status: number; body: Body }

const TRIES = 5
const FIRST_PAUSE_MS = 200
const LONGEST_PAUSE_MS = 20_000
const PASSING = [429, 503]

/**
 * Requests to one API. What it cannot take just now (429, 503) is asked again, where asking twice does no harm; an
 * answer that has not changed (304) is the same object as before.
 */
export class Http {
  readonly #endpoint: string
  readonly #fetch: Fetch
  readonly #answers = new EtagCache()

  constructor({ endpoint, fetch = globalThis.fetch }: HttpOptions) {
    this.#endpoint = endpoint.replace(/\/+$/, '')
    // In a browser fetch refuses to be called as somebody's method.
    this.#fetch = (url, init) => fetch(url, init)
  }

  /** @throws ApiProblem, ApiUnreachable, and the signal's reason */
  async get<Body>(path: string, query: Query = {}, { signal }: CallOptions = {}): Promise<Body> {
    const url = this.#endpoint + path + searchOf(query)
    const known = this.#answers.get(url)
    const headers = { accept: 'application/json', ...(known && { 'if-none-match': known.etag }) }
    const response = await this.#ask(url, { method: 'GET', headers, ...(signal && { signal }) }, true)
    if (response.status === 304 && known) {
      await response.body?.cancel()
      return known.body as Body
    }
    const { body } = await answerOf<Body>(response)
    const etag = response.headers.get('etag')
    if (etag) this.#answers.put(url, { etag, body })
    return body
  }

  /** @throws ApiProblem, ApiUnreachable, and the signal's reason */
  async send<Body>(method: string, path: string, sent: Sent = {}): Promise<Answer<Body>> {
    const { body, headers = {}, signal, repeatable = false } = sent
    const text = body === undefined ? {} : { body: JSON.stringify(body) }
    const type = body === undefined ? {} : { 'content-type': 'application/json' }
    const init = { method, headers: { accept: 'application/json', ...type, ...headers }, ...text }
    return answerOf(
      await this.#ask(this.#endpoint + path, { ...init, ...(signal && { signal }) }, repeatable),
    )
  }

  async #ask(url: string, init: RequestInit, repeatable: boolean): Promise<Response> {
    for (let tried = 1; ; tried += 1) {
      const response = await this.#fetch(url, init).catch((error: unknown) => {
        init.signal?.throwIfAborted()
        throw new ApiUnreachable(this.#endpoint, error)
      })
      if (!repeatable || tried === TRIES || !PASSING.includes(response.status)) return response
      await response.body?.cancel()
      await pause(pauseMs(response, tried), init.signal)
    }
  }
}

async function answerOf<Body>(response: Response): Promise<Answer<Body>> {
  const { status } = response
  const text = await response.text()
  const body = parsed(text)
  if (response.ok) return { status, body: body as Body }
  throw new ApiProblem(status, typeof body === 'object' && body !== null ? { ...body } : { detail: text })
}

/** What stands in front of the API may answer a page. */
function parsed(text: string): unknown {
  try {
    return text === '' ? undefined : JSON.parse(text)
  } catch {
    return undefined
  }
}

/** What the API asks for in seconds, else longer each time; not all at once. */
function pauseMs(response: Response, tried: number): number {
  const asked = Number(response.headers.get('retry-after') ?? Number.NaN)
  if (Number.isFinite(asked)) return Math.min(asked * 1_000, LONGEST_PAUSE_MS)
  return FIRST_PAUSE_MS * 2 ** (tried - 1) * (0.5 + Math.random())
}

function pause(ms: number, signal: AbortSignal | null | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = (): void => {
      clearTimeout(timer)
      reject(signal?.reason)
    }
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', stop)
      resolve()
    }, ms)
    if (signal?.aborted) stop()
    signal?.addEventListener('abort', stop, { once: true })
  })
}

function searchOf(query: Query): string {
  const given = Object.entries(query).filter(([, value]) => value !== undefined)
  const search = new URLSearchParams(given.map(([name, value]) => [name, String(value)])).toString()
  return search ? `?${search}` : ''
}
