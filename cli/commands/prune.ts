import { type Run, Verb } from '../command.ts'
import type { Context } from '../context.ts'
import { EXIT } from '../exit.ts'
import type { Doomed, Kept } from '../prune/plan.ts'

type Options = { yes?: true; prefix: string; destroyed?: true; endpointUrl?: string; stack?: string }

export const prune = (run: Run): Verb =>
  new Verb('prune', run)
    .summary('delete what earlier deployments left behind')
    .description(
      'Lists what earlier deployments left behind and no running execution or job names: published versions of steps, and functions, roles, log groups and state machines of what was removed from the code.',
    )
    .option('-y, --yes', 'deletes it; without it nothing is changed')
    .option('--prefix <prefix>', "begins the names of the stack's resources", 'standdown')
    .option('--destroyed', 'the stack was destroyed: nothing is its own any more')
    .option(
      '--endpoint-url <url>',
      "an AWS-compatible endpoint, as the local runtime's http://127.0.0.1:4001",
    )
    .work<Options, []>(deleteLeft)
    .examples('standdown prune --stack Standdown', 'standdown prune --destroyed --yes') as Verb

const DEFAULT_STACK = 'Standdown'

async function deleteLeft(context: Context, { yes, prefix, destroyed, endpointUrl }: Options): Promise<void> {
  const [{ openClients }, { readAccount }, { planOf }, { readUses }, { deleteAll }] = await Promise.all([
    import('../prune/clients.ts'),
    import('../prune/account.ts'),
    import('../prune/plan.ts'),
    import('../prune/uses.ts'),
    import('../prune/delete.ts'),
  ])
  const { env, stdout } = context.process
  const { target } = context
  const stack = target.kind === 'stack' ? target.stack : DEFAULT_STACK
  const say = (line: string): void => void stdout.write(`${line}\n`)
  using clients = openClients({ endpoint: endpointUrl ?? env.AWS_ENDPOINT_URL, env, prefix })
  const account = await readAccount(clients, { prefix, stack: destroyed ? null : stack })
  const { doomed, kept } = planOf(account, await readUses(clients, account))
  for (const one of kept) say(`keep    ${lineOf(one)}: ${one.why}`)
  if (doomed.length === 0) return say('there is nothing to delete')
  if (!yes) {
    for (const one of doomed) say(`delete  ${lineOf(one)}`)
    return say(`${doomed.length} to delete; nothing was changed: say --yes to delete them`)
  }
  const failed = await deleteAll(clients, doomed, (one, error) =>
    say(error ? `failed  ${lineOf(one)}: ${error.message}` : `deleted ${lineOf(one)}`),
  )
  if (failed === 0) return
  say(`${failed} could not be deleted: mend that and prune again`)
  context.code = EXIT.failed
}

const lineOf = ({ kind, name }: Doomed | Kept): string => `${kind.padEnd(13)} ${name}`
