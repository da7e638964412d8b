import { CommanderError } from 'commander'
import type { Run } from './command.ts'
import { EXIT, failureOf } from './exit.ts'
import { paintFor } from './output/paint.ts'
import type { Process } from './process.ts'
import { programOf } from './program.ts'

/** The command line; answers the exit code. */
export async function run(process: Process): Promise<number> {
  const running: Run = { process, context: undefined }
  const program = programOf(running)
  try {
    if (process.argv.length <= 2) program.outputHelp()
    else await program.parseAsync(process.argv)
    return running.context?.code ?? EXIT.ok
  } catch (error) {
    return told(error, process)
  }
}

function told(error: unknown, { stderr, env }: Process): number {
  const paint = paintFor(stderr, env)
  const say = (message: string, hint: string | null): void => {
    stderr.write(`${paint('red', 'error:')} ${message}\n`)
    if (hint) stderr.write(`${hint}\n`)
  }
  if (error instanceof CommanderError) {
    // Help and version were asked for, and were shown.
    if (error.exitCode === 0) return EXIT.ok
    say(error.message.replace(/^error: /, ''), 'see standdown --help')
    return EXIT.usage
  }
  const { code, message, hint } = failureOf(error)
  say(message, hint)
  return code
}
