import { createRequire } from 'node:module'
import { type Run, Verb } from '../command.ts'
import type { Context } from '../context.ts'
import { howToInstall } from '../dev/app/how-to-install.ts'
import { CliError, type ExitCode } from '../exit.ts'
import { isInstalled, PRODUCT, PROJECT } from '../root.ts'
import { runProgram } from '../run-program.ts'

type Options = { runCommands?: true; app?: string }

const { resolve } = createRequire(import.meta.url)

export const dev = (run: Run): Verb =>
  new Verb('dev', run)
    .summary('run a CDK app with Standdown in it on this machine')
    .description(
      'Runs a CDK app with all its jobs on this machine until Ctrl-C, and reloads steps that change. In the repository of Standdown that is its own stack, as npm start runs it.',
    )
    .option('--app <command>', "how the app is run; otherwise as cdk.json says, as 'node app.ts'")
    .option('--run-commands', 'playbooks may run as shell scripts of your user')
    .work<Options, []>(async (context: Context, { runCommands, app }) => {
      const more = runCommands ? ['--run-commands'] : []
      context.code = await (isInstalled || app !== undefined ? runApp(app, more) : runRepository(more))
    })
    .examples(
      'standdown dev',
      "standdown dev --app 'node app.ts'",
      'STANDDOWN_API_PORT=0 standdown dev',
    ) as Verb

async function runRepository(more: string[]): Promise<ExitCode> {
  const args = ['start', '--silent', ...(more.length > 0 ? ['--', ...more] : [])]
  return (await runProgram('npm', args, PRODUCT)) as ExitCode
}

async function runApp(app: string | undefined, more: string[]): Promise<ExitCode> {
  try {
    resolve('standdown-local')
  } catch {
    throw new CliError('what runs an app on this machine is not installed', { hint: howToInstall(PROJECT) })
  }
  const args = [resolve('#cli/dev-app.ts'), ...(app === undefined ? [] : ['--app', app]), ...more]
  return (await runProgram(process.execPath, args, process.cwd())) as ExitCode
}
