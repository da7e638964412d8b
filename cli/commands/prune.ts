import { parseArgs } from 'node:util'
import { readAccount } from '../prune/account.ts'
import { openClients } from '../prune/clients.ts'
import { deleteAll } from '../prune/delete.ts'
import { type Doomed, type Kept, planOf } from '../prune/plan.ts'
import { readUses } from '../prune/uses.ts'
import type { Command } from '../run.ts'

const USAGE = `usage: standdown prune [--yes] [--stack NAME] [--prefix PREFIX] [--endpoint-url URL]

Lists what earlier deployments left behind and no running execution or job names: published versions of steps, and
functions, roles, log groups and state machines of what was removed from the code.

  --yes            deletes it; without it nothing is changed
  --stack          the CloudFormation stack (Standdown)
  --prefix         begins the names of its resources (standdown)
  --destroyed      the stack was destroyed: nothing is its own any more
  --endpoint-url   an AWS-compatible endpoint, as the local runtime's http://127.0.0.1:4001
`

const OPTIONS = {
  yes: { type: 'boolean', default: false },
  stack: { type: 'string', default: 'Standdown' },
  prefix: { type: 'string', default: 'standdown' },
  destroyed: { type: 'boolean', default: false },
  'endpoint-url': { type: 'string' },
  help: { type: 'boolean', default: false },
} as const

export const prune: Command = async (args, { env, stdout }) => {
  const { values } = parseArgs({ args, options: OPTIONS })
  const say = (line: string): void => void stdout.write(`${line}\n`)
  if (values.help) {
    stdout.write(USAGE)
    return 0
  }
  const { stack, prefix, destroyed, yes } = values
  using clients = openClients({ endpoint: values['endpoint-url'] ?? env.AWS_ENDPOINT_URL, env, prefix })
  const account = await readAccount(clients, { prefix, stack: destroyed ? null : stack })
  const { doomed, kept } = planOf(account, await readUses(clients, account))
  for (const one of kept) say(`keep    ${lineOf(one)}: ${one.why}`)
  if (doomed.length === 0) {
    say('there is nothing to delete')
    return 0
  }
  if (!yes) {
    for (const one of doomed) say(`delete  ${lineOf(one)}`)
    say(`${doomed.length} to delete; nothing was changed: say --yes to delete them`)
    return 0
  }
  const failed = await deleteAll(clients, doomed, (one, error) =>
    say(error ? `failed  ${lineOf(one)}: ${error.message}` : `deleted ${lineOf(one)}`),
  )
  if (failed > 0) say(`${failed} could not be deleted: mend that and prune again`)
  return failed > 0 ? 1 : 0
}

const lineOf = ({ kind, name }: Doomed | Kept): string => `${kind.padEnd(13)} ${name}`
