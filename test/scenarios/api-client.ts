import type { JobView, ListedJob, StepView } from '#core/api/answers.ts'
import { jobPath } from '#core/api/job-path.ts'
import type { Notification } from '#core/notifications/schemas.ts'
import { checkedFetch } from '#test/contract/openapi-check.ts'
import { type PollOptions, until } from './poll.ts'

export type Answer<Body> = { status: number; body: Body; headers: Headers }
export type Problem = { status: number; title: string; detail: string } & Record<string, unknown>
export type Started = { job_execution_id: string; state: string }
export type Aborted = Started & { abort_request: JobView['abort_request'] }
export type Listed = { items: ListedJob[]; next_token: string | null }
export type Paged<Item> = { items: Item[]; next_token: string | null }
export type Templates = { items: { name: string; state_machine_arn: string }[] }

type Call = { body?: unknown; text?: string; headers?: Record<string, string> }

/** The HTTP API as any client sees it; what it answers is what the OpenAPI document says. */
export class ApiClient {
  readonly url: string
  readonly #started: Set<string>

  constructor(url: string, started: Set<string> = new Set()) {
    this.url = url.replace(/\/$/, '')
    this.#started = started
  }

  /** The jobs started here: at the end of the suite the history of each is checked. */
  get started(): string[] {
    return [...this.#started]
  }

  remember(jobId: string): void {
    this.#started.add(jobId)
  }

  async call<Body>(route: string, { body, text, headers = {} }: Call = {}): Promise<Answer<Body>> {
    const [method = 'GET', path = '/'] = route.split(' ')
    const sent = text ?? (body === undefined ? undefined : JSON.stringify(body))
    const answer = await checkedFetch(this.url + path, {
      method,
      headers: { ...(sent === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
      ...(sent === undefined ? {} : { body: sent }),
    })
    const received = await answer.text()
    return {
      status: answer.status,
      body: (received ? JSON.parse(received) : undefined) as Body,
      headers: answer.headers,
    }
  }

  async start(template: string, input: unknown, more: Record<string, unknown> = {}): Promise<string> {
    const body = { job_template_fq_name: template, input, ...more }
    const answer = await this.call<Started & Problem>('POST /execute-job', { body })
    if (answer.status !== 202) throw new Error(`execute-job answered ${JSON.stringify(answer.body)}`)
    this.remember(answer.body.job_execution_id)
    return answer.body.job_execution_id
  }

  abort(jobId: string, options: Record<string, unknown> = {}): Promise<Answer<Aborted & Problem>> {
    return this.call(`POST ${jobPath(jobId)}/abort`, { body: options })
  }

  /** Aborts the job, and answers it once it has ended. */
  async abortAndSettle(jobId: string, options: Record<string, unknown> = {}): Promise<JobView> {
    const { status, body } = await this.abort(jobId, options)
    if (status !== 202) throw new Error(`the abort of ${jobId} answered ${JSON.stringify(body)}`)
    return this.settled(jobId)
  }

  async view(jobId: string): Promise<JobView> {
    const answer = await this.call<JobView>(`GET ${jobPath(jobId)}`)
    if (answer.status !== 200) throw new Error(`GET /jobs/${jobId} answered ${JSON.stringify(answer.body)}`)
    return answer.body
  }

  async events(jobId: string): Promise<Notification[]> {
    return this.pages(`GET ${jobPath(jobId)}/events`)
  }

  /** The items of all pages. */
  async pages<Item>(route: string): Promise<Item[]> {
    const items: Item[] = []
    const sign = route.includes('?') ? '&' : '?'
    let token = ''
    do {
      const { body } = await this.call<Paged<Item>>(`${route}${token}`)
      items.push(...body.items)
      token = body.next_token ? `${sign}next_token=${encodeURIComponent(body.next_token)}` : ''
    } while (token)
    return items
  }

  /** The job once it has ended. */
  settled(jobId: string, poll?: PollOptions): Promise<JobView> {
    const look = async (): Promise<JobView | null> => {
      const view = await this.view(jobId)
      return view.ended_at === null ? null : view
    }
    return until(`the end of job ${jobId}`, look, poll)
  }

  /** The notifications once the job's own last one has arrived. */
  notified(jobId: string): Promise<Notification[]> {
    return until(`the last notification of job ${jobId}`, async () => {
      const events = await this.events(jobId)
      return events.some(isLast) ? events : null
    })
  }

  /** The step once it is in that state. */
  step(jobId: string, name: string, state: StepView['state'] = 'ONGOING'): Promise<StepView> {
    return until(`step ${name} of job ${jobId} to be ${state}`, async () =>
      (await this.view(jobId)).steps.find((step) => step.name === name && step.state === state),
    )
  }
}

export const isLast = ({ event_type }: Notification): boolean => /^job\..*\.(end|error)$/.test(event_type)

export const stepNamed = ({ steps }: JobView, name: string): StepView | undefined =>
  steps.find((step) => step.name === name)

/** `name: state`, or `name[index]: state`: what a person would note down. */
export const statesOf = ({ steps }: JobView): string[] =>
  steps.map(({ name, index, state }) => `${name}${index === null ? '' : `[${index}]`}: ${state}`)
