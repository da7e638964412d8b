import type { Client } from '#client/client.ts'
import { type Connection, connect } from './connect/connect.ts'
import { type Target, targetOf, type Where } from './connect/target.ts'
import { EXIT, type ExitCode } from './exit.ts'
import { type Format, Printer } from './output/format.ts'
import { type Paint, paintFor } from './output/paint.ts'
import type { Process } from './process.ts'

export type GlobalOptions = Where & { output?: Format | undefined }

/** What every command is given. */
export class Context {
  readonly process: Process
  readonly out: Printer
  readonly target: Target
  /** Colours of what is said on stderr. */
  readonly paint: Paint
  /** How the process ends, unless an error says more. */
  code: ExitCode = EXIT.ok
  #connection: Promise<Connection> | undefined

  constructor(process: Process, options: GlobalOptions) {
    this.process = process
    this.out = new Printer(process, options.output)
    this.target = targetOf(options, process.env)
    this.paint = paintFor(process.stderr, process.env)
  }

  connection(): Promise<Connection> {
    this.#connection ??= connect(this.target)
    return this.#connection
  }

  async client(): Promise<Client> {
    return (await this.connection()).client
  }

  /** Somebody is there to answer a question. */
  get isAttended(): boolean {
    return Boolean(this.process.stdin.isTTY && this.process.stderr.isTTY)
  }

  say(line: string): void {
    this.process.stderr.write(`${line}\n`)
  }
}
