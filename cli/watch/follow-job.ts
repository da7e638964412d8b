import type { JobView } from '#core/api/answers.ts'
import type { Context } from '../context.ts'
import { CliError, EXIT } from '../exit.ts'
import { looks } from './looks.ts'
import { phaseText, scene } from './scene.ts'
import { Screen } from './screen.ts'

const REDRAW_MS = 250

export type FollowOptions = {
  /** Seconds; none waits as long as it takes. */
  timeout?: number | undefined
  /** Of several at once none may move the picture. */
  quiet?: boolean
}

class Interrupted extends Error {
  override readonly name = 'Interrupted'
}

/**
 * Shows how a job goes on, and answers it at its end: a picture that moves on a terminal, else a line for each change.
 * Ctrl-C stops the looking, never the job.
 *
 * @throws CliError at the time-out, and after Ctrl-C
 */
export async function followJob(
  context: Context,
  jobId: string,
  { timeout, quiet = false }: FollowOptions = {},
): Promise<JobView> {
  const leaving = new AbortController()
  const interrupt = (): void => leaving.abort(new Interrupted())
  process.once('SIGINT', interrupt)
  const timer =
    timeout === undefined
      ? undefined
      : setTimeout(() => leaving.abort(timeIsUp(jobId, timeout)), timeout * 1_000)
  const view = context.process.stderr.isTTY && !quiet ? new Picture(context) : new Lines(context)
  try {
    let last: JobView | undefined
    const client = await context.client()
    const away = (error: Error): void => view.say(`${error.message}; trying again`)
    for await (const job of looks(jobId, { client, signal: leaving.signal, away })) {
      last = job
      view.show(job)
    }
    return last!
  } catch (error) {
    if (!(leaving.signal.reason instanceof Interrupted)) throw leaving.signal.reason ?? error
    view.end()
    throw new CliError('stopped watching; the job goes on', {
      code: EXIT.interrupted,
      hint: `standdown watch ${jobId} looks again, standdown abort ${jobId} ends it`,
    })
  } finally {
    clearTimeout(timer)
    process.removeListener('SIGINT', interrupt)
    view.end()
  }
}

const timeIsUp = (jobId: string, seconds: number): CliError =>
  new CliError(`the job has not ended within ${seconds} s; it goes on`, {
    code: EXIT.timeout,
    hint: `standdown watch ${jobId} looks again`,
  })

/** On a terminal: drawn again also between two looks, since time goes on. */
class Picture {
  readonly #screen: Screen
  readonly #context: Context
  readonly #timer: NodeJS.Timeout
  #job: JobView | undefined
  #note = ''

  constructor(context: Context) {
    this.#context = context
    this.#screen = new Screen(context.process.stderr)
    this.#timer = setInterval(() => this.#draw(), REDRAW_MS)
  }

  show(job: JobView): void {
    this.#job = job
    this.#note = ''
    this.#draw()
  }

  say(note: string): void {
    this.#note = note
    this.#draw()
  }

  end(): void {
    clearInterval(this.#timer)
    this.#screen.clear()
  }

  #draw(): void {
    const { paint } = this.#context
    const lines = this.#job ? scene(this.#job, { paint, now: Date.now() }) : []
    const hint = 'Ctrl-C stops watching, not the job'
    this.#screen.draw([...lines, ...(this.#note ? [this.#note] : []), paint('dim', hint)])
  }
}

/** Elsewhere: what has changed, once. */
class Lines {
  readonly #context: Context
  readonly #said = new Set<string>()

  constructor(context: Context) {
    this.#context = context
  }

  show(job: JobView): void {
    this.#once(`${job.job_execution_id} ${job.state}`)
    const phase = phaseText(job)
    if (phase) this.#once(`${job.job_execution_id} ${phase}`)
    for (const { name, index, state } of job.steps) {
      if (state !== 'PENDING')
        this.#once(`${job.job_execution_id} ${name}${index === null ? '' : `[${index}]`} ${state}`)
    }
  }

  say(note: string): void {
    this.#context.say(note)
  }

  end(): void {
    this.#said.clear()
  }

  #once(line: string): void {
    if (this.#said.has(line)) return
    this.#said.add(line)
    this.#context.say(line)
  }
}
