import { confirm, isCancel } from '@clack/prompts'
import type { OpenJobFilter } from '#core/api/abort-requests.ts'
import type { Context } from '../context.ts'
import { CliError, EXIT } from '../exit.ts'
import { type Abort, abortListed, printItems } from './abort-jobs.ts'

type Filtered = Abort & { filter: OpenJobFilter; yes?: true | undefined }

/** First how many, then those and no others: a job that starts meanwhile is not among them. */
export async function abortFiltered(context: Context, { filter, yes, ...abort }: Filtered): Promise<void> {
  const client = await context.client()
  const { count, truncated, items } = await client.dryRunMany({ filter, ...abort.how })
  if (truncated) throw tooMany(count)
  if (count === 0) return context.say('no job matches; nothing was changed')
  context.say(`${count} ${count === 1 ? 'job matches' : 'jobs match'}`)
  if (abort.dryRun) {
    printItems(context, items)
    return context.say('nothing was changed')
  }
  if (!yes) await ask(context, count)
  await abortListed(
    context,
    items.map(({ job_execution_id }) => job_execution_id),
    abort,
  )
}

const tooMany = (count: number): CliError =>
  new CliError(`more than ${count} jobs match, which is more than one request may abort`, {
    code: EXIT.usage,
    hint: 'narrow it with --state and --template',
  })

async function ask(context: Context, count: number): Promise<void> {
  const hint = 'nothing was changed; say --yes to abort them'
  if (!context.isAttended) throw new CliError(`${count} jobs would be aborted`, { code: EXIT.usage, hint })
  const message = count === 1 ? 'Abort this job?' : `Abort these ${count} jobs?`
  const answer = await confirm({ message, initialValue: false, output: process.stderr })
  if (isCancel(answer) || !answer) throw new CliError('not confirmed', { code: EXIT.failed, hint })
}
