import type { Wire } from '#engine/memory/table.ts'
import { type Intern, interning } from './interning.ts'

/**
 * What becomes of a request that is carried out: its reply arrives; or it is lost, so that the request waits to
 * be sent once more, as an SDK does; or the process is killed before it hears.
 */
export type Fate = 'answered' | 'reply-lost' | 'killed'
/** The waiting request that is let through next, by its place among those that wait. */
export type Choice = { place: number; fate: Fate }

type Request = {
  process: string
  number: number
  /** It was carried out before, and its reply was lost. */
  again: boolean
  carryOut: () => unknown
  reply: PromiseWithResolvers<unknown>
}
type Process = {
  requests: number
  /** Everything that it has heard, as one number: its code goes on the same way wherever that is the same. */
  heard: number
  /** What it came to, once it is over. */
  outcome: string | null
}

/** Everything that can go on without a reply has gone on. */
const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

/**
 * Runs processes whose requests go one at a time, in the order that somebody chooses. Between two choices each
 * process waits for a reply, or is over.
 */
export class Turns {
  readonly waiting: Request[] = []
  readonly processes = new Map<string, Process>()
  private readonly intern: Intern
  private going = ''

  constructor(intern: Intern = interning()) {
    this.intern = intern
  }

  /** Only one process goes on at a time, so the request is its. */
  readonly wire: Wire = <Answer>(carryOut: () => Answer): Promise<Answer> => {
    const process = this.processes.get(this.going)!
    process.requests += 1
    const reply = Promise.withResolvers<unknown>()
    this.waiting.push({ process: this.going, number: process.requests, again: false, carryOut, reply })
    return reply.promise as Promise<Answer>
  }

  async start(name: string, work: () => Promise<string>): Promise<void> {
    const process: Process = { requests: 0, heard: 0, outcome: null }
    this.processes.set(name, process)
    this.going = name
    work().then(
      (outcome) => {
        process.outcome = outcome
      },
      (error: Error) => {
        process.outcome = `threw ${error.name}: ${error.message}`
      },
    )
    await settled()
  }

  /** `carriedOut` is called when the request has been, before anybody hears of it. */
  async take({ place, fate }: Choice, carriedOut: () => void): Promise<void> {
    const request = this.waiting[place]!
    const answer = perform(request)
    carriedOut()
    if (fate === 'reply-lost') {
      request.again = true
      return
    }
    this.waiting.splice(place, 1)
    if (fate === 'killed') this.kill(request.process)
    else await this.reply(request, answer)
  }

  /** What decides how the processes go on. */
  key(): string {
    const processes = [...this.processes.values()].map(({ outcome, heard }) => outcome ?? heard)
    const again = this.waiting
      .filter((request) => request.again)
      .map(({ process, number }) => process + number)
    return [...processes, ...again].join('|')
  }

  private kill(name: string): void {
    this.processes.get(name)!.outcome = 'killed'
    const others = this.waiting.filter((request) => request.process !== name)
    this.waiting.splice(0, this.waiting.length, ...others)
  }

  private async reply(request: Request, answer: Answer): Promise<void> {
    const process = this.processes.get(request.process)!
    const heard = 'error' in answer ? `threw ${answer.error}` : JSON.stringify(answer.value)
    process.heard = this.intern(`${process.heard} ${request.number} ${heard}`)
    this.going = request.process
    if ('error' in answer) request.reply.reject(answer.error)
    else request.reply.resolve(answer.value)
    await settled()
  }
}

type Answer = { value: unknown } | { error: unknown }

function perform({ carryOut }: Request): Answer {
  try {
    return { value: carryOut() }
  } catch (error) {
    return { error }
  }
}
