import { join } from 'node:path'
import { type Run, Verb } from '../command.ts'
import type { Context } from '../context.ts'
import type { ExitCode } from '../exit.ts'
import { runProgram } from '../run-program.ts'

const ROOT = join(import.meta.dirname, '..', '..')

export const dev = (run: Run): Verb =>
  new Verb('dev', run)
    .summary('run the whole stack on this machine (npm start)')
    .description('Runs the whole stack on this machine, as npm start does, until Ctrl-C.')
    .option('--run-commands', 'playbooks may run as shell scripts of your user')
    .work<{ runCommands?: true }, []>(async (context: Context, { runCommands }) => {
      const args = ['start', '--silent', ...(runCommands ? ['--', '--run-commands'] : [])]
      context.code = (await runProgram('npm', args, ROOT)) as ExitCode
    })
    .examples('standdown dev', 'STANDDOWN_API_PORT=0 standdown dev') as Verb
