import { Command, Option } from 'commander'
import { Context, type GlobalOptions } from './context.ts'
import { FORMATS } from './output/format.ts'
import type { Process } from './process.ts'

/** The work of a command: what it was given, then its options. It may set the code with which the process ends. */
export type Work<Options, Args extends unknown[]> = (
  context: Context,
  options: Options,
  ...args: Args
) => Promise<void>

/** The one context of this run, for whichever command it is. */
export type Run = { process: Process; context: Context | undefined }

/** A command in the making: `work` says what it does, `examples` how it is used. */
export class Verb extends Command {
  readonly #run: Run

  constructor(name: string, run: Run) {
    super(name)
    this.#run = run
  }

  override createCommand(name?: string): Verb {
    return new Verb(name ?? '', this.#run)
  }

  examples(...lines: string[]): this {
    return this.addHelpText('after', ['', 'Examples:', ...lines.map((line) => `  $ ${line}`)].join('\n'))
  }

  work<Options, Args extends unknown[]>(work: Work<Options, Args>): this {
    return this.action(async (...given: unknown[]) => {
      const command = given.pop() as Command
      const options = given.pop() as Options
      const context = new Context(this.#run.process, command.optsWithGlobals<GlobalOptions>())
      this.#run.context = context
      await work(context, options, ...(given as Args))
    })
  }
}

/** What every command understands. */
export const globalOptions = (): Option[] => [
  new Option('-o, --output <format>', 'table on a terminal, json elsewhere').choices(FORMATS),
  new Option('--stack <name>', 'the Standdown of this CloudFormation stack (STANDDOWN_STACK)'),
  new Option('--api-url <url>', 'the Standdown at this address (STANDDOWN_API_URL)'),
]
