import type { Web } from '#functions/steps/action-plan/http/web.ts'
import { type Answer, NoAnswer, type Request } from '#functions/steps/reach/request.ts'

type Asked = Omit<Request, 'rules'>
type Reply = { status: number; json?: unknown; headers?: Record<string, string> }

/** How a service answers a request, or that it does not. */
export type Replying = Reply | 'cut' | 'not reached'

const answerOf = ({ status, json, headers = {} }: Reply): Answer => ({
  status,
  headers,
  json,
  text: json === undefined ? '' : JSON.stringify(json),
})

/** A service whose operations move through the states that a test gives; what it was asked is in `asked`. */
export class FakeService {
  readonly asked: { method: string; path: string; headers: Record<string, string>; body: unknown }[] = []
  /** The state of the operation at each look, the last one for ever. */
  states: string[] = ['RUNNING']
  /** By `METHOD /path`, before anything else, one after the other. */
  readonly replies = new Map<string, Replying[]>()
  /** Where an abort leads. */
  aborted = 'CANCELLED'
  secret: Record<string, string> = {}
  onAsk: (what: string) => void = () => undefined

  get said(): string[] {
    return this.asked.map(({ method, path }) => `${method} ${path}`)
  }

  readonly web: Web = {
    ask: async (request) => this.reply(request),
    headersIn: async () => this.secret,
  }

  private reply({ method, url, headers, body, signal }: Asked): Answer {
    signal?.throwIfAborted()
    const what = `${method} ${url.pathname}`
    this.asked.push({ method, path: url.pathname, headers, body })
    this.onAsk(what)
    signal?.throwIfAborted()
    const replying = this.replies.get(what)?.shift() ?? this.usual(what)
    if (typeof replying !== 'string') return answerOf(replying)
    throw new NoAnswer(`${url.host} cannot be asked: ${replying}`, { sent: replying === 'cut', cause: null })
  }

  private usual(what: string): Reply {
    if (what === 'POST /moves')
      return { status: 202, json: { id: 'm/1' }, headers: { location: '/moves/m%2F1' } }
    if (what === 'DELETE /moves/m%2F1') this.states = [this.aborted]
    if (what !== 'GET /moves/m%2F1') return { status: 204 }
    const state = this.states.length > 1 ? this.states.shift() : this.states[0]
    return { status: 200, json: { move: { state, host: 'h2' } } }
  }
}
