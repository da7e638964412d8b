import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { json } from 'node:stream/consumers'

const SYSTEM = '/redfish/v1/Systems/1'
const SESSIONS = '/redfish/v1/SessionService/Sessions'

export type SimulatorOptions = {
  power?: string
  /** The allowed resets, and where they are told. @default told nowhere */
  allowed?: { values: string[]; where: 'inline' | 'action-info' }
  /** How many sessions it has; null where it knows none, and takes a password with each request. @default 10 */
  sessions?: number | null
  systems?: number
  /** Milliseconds that a soft reset takes. @default 0 */
  softMs?: number
  now?: () => number
}

type Seen = { method: string; path: string; body: unknown; headers: IncomingMessage['headers'] }
/** Answers a request in place of the BMC; undefined lets the BMC answer. */
type Instead = (
  seen: Seen,
) => { status: number; body?: unknown; headers?: Record<string, string> } | 'hang' | 'cut' | undefined

/** A BMC that speaks Redfish, with one machine behind it, on a loopback port. */
export class RedfishSimulator implements AsyncDisposable {
  /** As a node's `redfish_address` names it. */
  address = ''
  readonly seen: Seen[] = []
  readonly openSessions = new Set<string>()
  mostSessions = 0
  instead: Instead = () => undefined
  private readonly options: SimulatorOptions
  private becoming: { power: string; at: number } | undefined
  private power: string
  private logins = 0
  private readonly server = createServer((req, res) => void this.serve(req, res))

  private constructor(options: SimulatorOptions) {
    this.options = options
    this.power = options.power ?? 'On'
  }

  static async start(options: SimulatorOptions = {}): Promise<RedfishSimulator> {
    const bmc = new RedfishSimulator(options)
    await new Promise<void>((resolve) => bmc.server.listen(0, '127.0.0.1', resolve))
    bmc.address = `http://127.0.0.1:${(bmc.server.address() as AddressInfo).port}`
    return bmc
  }

  get resets(): unknown[] {
    return this.seen
      .filter(({ path }) => path.endsWith('.Reset'))
      .map(({ body }) => (body as { ResetType?: string }).ResetType)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.server.closeAllConnections()
    await new Promise((resolve) => this.server.close(resolve))
  }

  private async serve(req: IncomingMessage, res: ServerResponse): Promise<void> {
    const { method = '', url: path = '', headers } = req
    const body = method === 'POST' ? await json(req).catch(() => undefined) : undefined
    this.seen.push({ method, path, body, headers })
    const other = this.instead(this.seen.at(-1)!)
    if (other === 'hang') return
    if (other === 'cut') return void req.socket.destroy()
    const answer = other ?? this.answer(this.seen.at(-1)!)
    const text = typeof answer.body === 'string' ? answer.body : JSON.stringify(answer.body ?? {})
    res.writeHead(answer.status, { 'content-type': 'application/json', ...answer.headers }).end(text)
  }

  private answer(seen: Seen): { status: number; body?: unknown; headers?: Record<string, string> } {
    const { method, path } = seen
    if (path === '/redfish/v1/') return { status: 200, body: this.root() }
    if (path === SESSIONS && method === 'POST') return this.login(seen)
    if (!this.knows(seen)) return { status: 401, body: refusal('the login is not known') }
    if (method === 'DELETE') {
      this.openSessions.delete(path)
      return { status: 204, body: '' }
    }
    if (path === '/redfish/v1/Systems') return { status: 200, body: { Members: this.members() } }
    if (path === SYSTEM) return { status: 200, body: this.system() }
    if (path === `${SYSTEM}/ResetActionInfo`) {
      const AllowableValues = this.options.allowed?.values
      return {
        status: 200,
        body: { Parameters: [{ Name: 'Other' }, { Name: 'ResetType', AllowableValues }] },
      }
    }
    if (path === `${SYSTEM}/Actions/ComputerSystem.Reset`) return this.reset(seen)
    return { status: 404, body: refusal(`there is no ${path}`) }
  }

  private root(): object {
    return this.options.sessions === null ? {} : { Links: { Sessions: { '@odata.id': SESSIONS } } }
  }

  private members(): object[] {
    return Array.from({ length: this.options.systems ?? 1 }, (_, i) => ({
      '@odata.id': `/redfish/v1/Systems/${i + 1}`,
    }))
  }

  private login({ body }: Seen) {
    const { UserName, Password } = (body ?? {}) as Record<string, string>
    if (UserName !== 'admin' || Password !== '1234') return { status: 401, body: refusal('wrong password') }
    const { sessions = 10 } = this.options
    if (sessions !== null && this.openSessions.size >= sessions) {
      return { status: 503, body: refusal('no session is free') }
    }
    this.logins += 1
    const location = `${SESSIONS}/${this.logins}`
    this.openSessions.add(location)
    this.mostSessions = Math.max(this.mostSessions, this.openSessions.size)
    return { status: 201, headers: { 'x-auth-token': location, location } }
  }

  private knows({ headers }: Seen): boolean {
    const basic = `Basic ${Buffer.from('admin:1234').toString('base64')}`
    return headers.authorization === basic || this.openSessions.has(String(headers['x-auth-token']))
  }

  private system(): object {
    const { allowed, now = Date.now } = this.options
    if (this.becoming && this.becoming.at <= now()) {
      this.power = this.becoming.power
      this.becoming = undefined
    }
    const going = this.becoming?.power === 'Off' ? 'PoweringOff' : 'PoweringOn'
    const told =
      allowed?.where === 'inline'
        ? { 'ResetType@Redfish.AllowableValues': allowed.values }
        : allowed && { '@Redfish.ActionInfo': `${SYSTEM}/ResetActionInfo` }
    const target = `${SYSTEM}/Actions/ComputerSystem.Reset`
    return {
      PowerState: this.becoming ? going : this.power,
      Actions: { '#ComputerSystem.Reset': { target, ...told } },
    }
  }

  private reset({ body }: Seen) {
    const { ResetType = '' } = (body ?? {}) as { ResetType?: string }
    const { softMs = 0, now = Date.now } = this.options
    if (ResetType === 'Nmi') return { status: 204, body: '' }
    const power = /Off|Shutdown/.test(ResetType) ? 'Off' : 'On'
    const isSoft = ResetType.startsWith('Graceful')
    this.becoming = { power, at: now() + (isSoft ? softMs : 0) }
    return { status: 204, body: '' }
  }
}

export const refusal = (Message: string): object => ({
  error: { code: 'Base.1.0.GeneralError', message: 'see ExtendedInfo', '@Message.ExtendedInfo': { Message } },
})
