import { join } from 'node:path'
import { type Run, Verb } from '../command.ts'
import type { Context } from '../context.ts'
import type { ExitCode } from '../exit.ts'
import { runProgram } from '../run-program.ts'

const ROOT = join(import.meta.dirname, '..', '..')

/** What the CDK is asked, with everything after the verb handed on to it. */
const cdk = (verb: string, run: Run): Verb =>
  new Verb(verb, run)
    .argument('[options...]', 'handed on to cdk')
    .allowUnknownOption()
    .helpOption('--help', 'show this')
    .work<object, [string[]]>(async (context: Context, _options, args) => {
      const program = join(ROOT, 'node_modules', 'aws-cdk', 'bin', 'cdk')
      context.code = (await runProgram(process.execPath, [program, verb, ...args], ROOT)) as ExitCode
    }) as Verb

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
