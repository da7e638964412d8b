import { createRequire } from 'node:module'
import { join } from 'node:path'
import { type Run, Verb } from '../command.ts'
import type { Context } from '../context.ts'
import { CliError, type ExitCode } from '../exit.ts'
import { PROJECT } from '../root.ts'
import { runProgram } from '../run-program.ts'

/** What the CDK is asked, with everything after the verb handed on to it. */
const cdk = (verb: string, run: Run): Verb =>
  new Verb(verb, run)
    .argument('[options...]', 'handed on to cdk')
    .allowUnknownOption()
    .helpOption('--help', 'show this')
    .work<object, [string[]]>(async (context: Context, _options, args) => {
      context.code = (await runProgram(process.execPath, [program(), verb, ...args], PROJECT)) as ExitCode
    }) as Verb

/** The CDK's command line, which is the project's. */
function program(): string {
  try {
    return createRequire(join(PROJECT, 'package.json')).resolve('aws-cdk/bin/cdk')
  } catch {
    const hint = 'npm install --save-dev aws-cdk@2'
    throw new CliError('the command line of the CDK is not installed here', { hint })
  }
}

export const deploy = (run: Run): Verb =>
  cdk('deploy', run)
    .summary('deploy the stack to AWS (cdk deploy)')
    .description('Deploys the stack with the credentials of the environment: cdk deploy.')
    .examples('standdown deploy -- -c buckets=my-source,my-destination') as Verb

export const destroy = (run: Run): Verb =>
  cdk('destroy', run)
    .summary('remove the stack from AWS (cdk destroy)')
    .description('Removes the stack; its table and work bucket are kept: cdk destroy.')
    .examples('standdown destroy', 'standdown prune --destroyed    # what it left behind') as Verb
