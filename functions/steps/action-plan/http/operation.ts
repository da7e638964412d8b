import type { JobInfo } from '#sdk/index.ts'
import type { Answer } from '../../reach/request.ts'
import type { States } from '../parameters/http.ts'
import type { HttpCheckpoint } from './checkpoint.ts'
import { Conversation, type Replied } from './conversation.ts'
import { at, placeholdersIn, valuesIn } from './template.ts'
import type { Web } from './web.ts'

/**
 * What a status says of the operation. `away`: it cannot be asked for now; `absent`: it says that there is none;
 * `refused`: it will not say.
 */
export type Look = {
  kind: 'running' | 'done' | 'failed' | 'cancelled' | 'away' | 'absent' | 'refused'
  why: string
}

type Job = Pick<JobInfo, 'job_execution_id'>

/** The long operation of one action; its checkpoint is `kept`, which it changes. */
export class Operation {
  readonly kept: HttpCheckpoint
  private readonly conversation: Conversation
  private readonly job: Job

  constructor(web: Web, kept: HttpCheckpoint, job: Job) {
    this.kept = kept
    this.job = job
    this.conversation = new Conversation(web, kept.action.input_parameters)
  }

  private get given() {
    return this.kept.action.input_parameters
  }

  /** It can be looked for by a URL that no answer has to give. */
  get hasFixedStatus(): boolean {
    return this.given.status !== undefined && placeholdersIn(this.given.status.url).length === 0
  }

  async start(signal: AbortSignal): Promise<Replied> {
    const replied = await this.ask('start', signal)
    if (replied.kind === 'answer') {
      this.kept.phase = 'started'
      this.learn(replied.answer, 'start')
    }
    return replied
  }

  abort(signal: AbortSignal): Promise<Replied> {
    return this.ask('abort', signal)
  }

  revert(signal: AbortSignal): Promise<Replied> {
    return this.ask('revert', signal)
  }

  async look(signal: AbortSignal): Promise<Look> {
    const { state = '/status', done, failed = [], cancelled = [] } = this.given.status!
    const replied = await this.ask('status', signal)
    const status = replied.kind === 'answer' ? replied.answer.status : replied.status
    if (replied.kind === 'answer') this.learn(replied.answer, 'status')
    const word = replied.kind === 'answer' ? wordAt(replied.answer, state) : null
    const why = replied.kind === 'answer' ? `its status is ${word ?? status}` : replied.why
    const isIn = (states: States): boolean => states.some((one) => one === status || one === word)
    if (isIn(done)) return { kind: 'done', why }
    if (isIn(cancelled)) return { kind: 'cancelled', why }
    if (isIn(failed)) return { kind: 'failed', why }
    if (replied.kind === 'answer') return { kind: 'running', why }
    if (replied.kind !== 'refused') return { kind: 'away', why }
    return { kind: status === 404 || status === 410 ? 'absent' : 'refused', why }
  }

  private ask(part: 'start' | 'status' | 'abort' | 'revert', signal: AbortSignal): Promise<Replied> {
    const key = `${this.job.job_execution_id}/${this.kept.action.uuid}/${part}`
    const { values } = this.kept
    return this.conversation.ask({ part, values, signal, ...(part === 'status' ? {} : { key }) })
  }

  private learn(answer: Answer, from: 'start' | 'status'): void {
    const { status, abort, revert } = this.given
    const templates = [status?.url, abort?.url, revert?.url].filter((url) => url !== undefined)
    Object.assign(this.kept.values, valuesIn(answer, from, templates))
  }
}

function wordAt({ json }: Answer, pointer: string): string | null {
  const found = at(json, pointer)
  const isWord = typeof found === 'string' || typeof found === 'number' || typeof found === 'boolean'
  return isWord ? String(found).slice(0, 255) : null
}
