import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { NewAction } from './watcher-client.ts'

type Reply = { status: number; body?: object; headers?: Record<string, string> }

/** What a move becomes once it is asked to stop; `gone` is not known any more, `running` goes on. */
type AfterAbort = 'cancelled' | 'completed' | 'gone' | 'running'

/** A service of somebody else's that moves things for as long as it is let, on a loopback port. */
export class MoveService implements AsyncDisposable {
  /** What it was asked, but for looks: `POST /moves`. */
  readonly asked: string[] = []
  /** The moves whose states it was asked for. */
  readonly looked = new Set<string>()
  afterAbort: AfterAbort = 'cancelled'
  private url = ''
  private readonly states: string[] = []
  private readonly server = createServer((req, res) => this.serve(req, res))

  static async open(): Promise<MoveService> {
    const service = new MoveService()
    await new Promise<void>((resolve) => service.server.listen(0, '127.0.0.1', resolve))
    service.url = `http://127.0.0.1:${(service.server.address() as AddressInfo).port}`
    return service
  }

  /** Looked at, too: whoever started it has kept by then where it is. */
  get isMoving(): boolean {
    return this.looked.size > 0 && this.states.includes('running')
  }

  /** All that move come to their end. */
  end(state: 'completed' | 'error'): void {
    this.states.forEach((_, at) => {
      this.states[at] = state
    })
  }

  /** The action that moves something by this service, in the form of Nova's live migration. */
  action(about: object = {}, more: object = {}): NewAction {
    const input_parameters = {
      start: { url: `${this.url}/moves`, body: { to: 'h2' } },
      status: { url: '{location}', done: ['completed'], failed: ['error'], cancelled: ['cancelled'] },
      abort: { url: `${this.url}/moves/{/id}`, wait: 2 },
      ...more,
    }
    return { action_type: 'http', input_parameters, ...about }
  }

  /** Its real end is waited for as long as it takes. */
  get slowAbort(): object {
    return { url: `${this.url}/moves/{/id}`, wait: 600 }
  }

  /** By which a succeeded move is undone. */
  get undone(): object {
    return { revert: { url: `${this.url}/moves/{/id}/back` } }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.server.closeAllConnections()
    await new Promise((resolve) => this.server.close(resolve))
  }

  private serve(req: IncomingMessage, res: ServerResponse): void {
    req.resume()
    const { method = '', url = '' } = req
    if (method === 'GET') this.looked.add(url)
    else this.asked.push(`${method} ${url}`)
    const { status, body, headers } = this.reply(method, url)
    res.writeHead(status, { 'content-type': 'application/json', ...headers })
    res.end(body ? JSON.stringify(body) : undefined)
  }

  private reply(method: string, url: string): Reply {
    if (method === 'POST' && url === '/moves') {
      const id = this.states.push('running') - 1
      return { status: 202, body: { id }, headers: { location: `/moves/${id}` } }
    }
    const at = Number(/^\/moves\/(\d+)/.exec(url)?.[1])
    if (method === 'DELETE') this.states[at] = this.afterAbort
    if (method !== 'GET') return { status: 202 }
    return this.states[at] === 'gone' ? { status: 404 } : { status: 200, body: { status: this.states[at]! } }
  }
}
