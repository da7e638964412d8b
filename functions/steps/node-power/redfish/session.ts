import type { HostRules } from '../../reach/hosts.ts'
import { BmcError, BmcRefusal } from '../power/driver.ts'
import type { RedfishOptions } from './options.ts'
import { askBmc, type BmcAnswer, type BmcRequest } from './request.ts'

export type BmcCredentials = { username: string; password: string }

export type Asked = Pick<BmcRequest, 'method' | 'body' | 'signal'>

/**
 * A login at a BMC: one session for as long as it is open, or a password with each request where the BMC has no sessions.
 * BMCs have few of them, so it is given back by `close`.
 */
export class RedfishSession {
  readonly options: RedfishOptions
  private readonly credentials: BmcCredentials | null
  private readonly rules: HostRules
  private login: Promise<Record<string, string>> | undefined
  private session: { token: string; location: string } | undefined

  constructor(options: RedfishOptions, credentials: BmcCredentials | null, rules: HostRules) {
    this.options = options
    this.credentials = credentials
    this.rules = rules
  }

  /** @throws NotReached, BmcError where it fails for now, BmcRefusal where it says no */
  async ask(path: string, asked: Asked): Promise<BmcAnswer> {
    const answer = await this.send(path, asked, await this.headers(asked.signal))
    if (answer.status !== 401 || !this.session) return sound(answer, `${asked.method} ${path}`)
    // The BMC has ended the session, as after a while of silence, and has not carried this out.
    this.session = undefined
    this.login = undefined
    return sound(await this.send(path, asked, await this.headers(asked.signal)), `${asked.method} ${path}`)
  }

  private async headers(signal: AbortSignal | undefined): Promise<Record<string, string>> {
    this.login ??= this.open(signal)
    try {
      return await this.login
    } catch (error) {
      this.login = undefined
      throw error
    }
  }

  async close(): Promise<void> {
    const { session } = this
    this.session = undefined
    this.login = undefined
    if (!session) return
    const { token, location } = session
    await this.send(location, { method: 'DELETE' }, { 'x-auth-token': token }).catch(() => undefined)
  }

  private async open(signal: AbortSignal | undefined): Promise<Record<string, string>> {
    const { credentials, options } = this
    if (!credentials) return {}
    const basic = `Basic ${Buffer.from(`${credentials.username}:${credentials.password}`).toString('base64')}`
    if (options.auth === 'basic') return { authorization: basic }
    const path = await this.sessionsPath(signal)
    if (path === null && options.auth === 'auto') return { authorization: basic }
    const body = { UserName: credentials.username, Password: credentials.password }
    // Not cut by a signal: a session that nobody knows of could not be given back.
    const answer = await this.send(
      path ?? `${options.root.pathname}SessionService/Sessions`,
      { method: 'POST', body },
      {},
    )
    const { 'x-auth-token': token, location } = answer.headers
    if (answer.status >= 200 && answer.status < 300 && typeof token === 'string') {
      this.session = { token, location: typeof location === 'string' ? location : String(idOf(answer.json)) }
      return { 'x-auth-token': token }
    }
    if (options.auth === 'auto' && [404, 405, 501].includes(answer.status)) return { authorization: basic }
    sound(answer, 'the login')
    throw new BmcError(`the login at ${options.root.host} gave no X-Auth-Token`)
  }

  /** The root can be read without a login, `SessionService` often cannot. */
  private async sessionsPath(signal: AbortSignal | undefined): Promise<string | null> {
    const { root } = this.options
    const answer = sound(await this.send(root.pathname, { method: 'GET', signal }, {}), 'the service root')
    const { Links } = (answer.json ?? {}) as { Links?: { Sessions?: unknown } }
    const path = idOf(Links?.Sessions)
    return typeof path === 'string' ? path : null
  }

  private send(path: string, asked: Asked, headers: Record<string, string>): Promise<BmcAnswer> {
    const { root, verify } = this.options
    const url = new URL(path, root)
    // What an answer names leads nowhere else with a login.
    if (url.host !== root.host) throw new BmcRefusal(`${root.host} leads to ${url.host}: not followed`)
    url.protocol = root.protocol
    return askBmc({ ...asked, url, headers, verify, rules: this.rules })
  }
}

export const idOf = (resource: unknown): unknown =>
  (resource as { '@odata.id'?: unknown } | null | undefined)?.['@odata.id']

/** @throws BmcError for what may pass, BmcRefusal for what will not */
function sound(answer: BmcAnswer, what: string): BmcAnswer {
  const { status } = answer
  if (status >= 200 && status < 300) return answer
  const said = `${what}: ${status}${messageOf(answer)}`
  if (status >= 500 || status === 429)
    throw new BmcError(said, { retryAfter: secondsOf(answer.headers['retry-after']) })
  throw new BmcRefusal(said)
}

const secondsOf = (header: unknown): number | null => {
  const seconds = typeof header === 'string' ? Number(header) : Number.NaN
  return Number.isFinite(seconds) && seconds >= 0 ? Math.min(seconds, 3600) : null
}

type RedfishError = { error?: { message?: unknown; '@Message.ExtendedInfo'?: unknown } }

/** The BMC's own words; its list of them may be one object, its answer HTML or nothing. */
function messageOf({ json }: BmcAnswer): string {
  const { error } = (json ?? {}) as RedfishError
  const extended = [error?.['@Message.ExtendedInfo'] ?? []].flat() as { Message?: unknown }[]
  const messages = extended.flatMap(({ Message }) => (typeof Message === 'string' ? Message : []))
  const words =
    messages.length > 0 ? messages.join(' ') : typeof error?.message === 'string' ? error.message : ''
  return words ? ` ${words.slice(0, 500)}` : ''
}
