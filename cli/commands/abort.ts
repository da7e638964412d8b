import { Option } from 'commander'
import type { State } from '#core/states.ts'
import { type Run, Verb } from '../command.ts'
import type { Context } from '../context.ts'
import { duration } from '../duration.ts'
import { CliError, EXIT } from '../exit.ts'
import { abortFiltered } from '../jobs/abort-filtered.ts'
import { abortListed, abortOne, type Waiting } from '../jobs/abort-jobs.ts'
import { type HowOptions, howOf, withHow } from '../jobs/abort-options.ts'
import { resolveIds } from '../jobs/resolve-id.ts'

export type OpenState = Extract<State, 'PENDING' | 'ONGOING' | 'CANCELLING'>
const OPEN_STATES: OpenState[] = ['PENDING', 'ONGOING', 'CANCELLING']

type Which = { state?: OpenState; template?: string; yes?: true; dryRun?: true }
type Options = HowOptions & Waiting & Which

export const abort = (run: Run): Verb =>
  withHow(
    new Verb('abort', run)
      .summary('abort jobs, gracefully or by force')
      .description(
        'Aborts jobs: gracefully at the next safe point of the running step, or by force now. What they left behind is cleaned up.',
      )
      .argument('[id...]', 'jobs; each shortened where only one begins so, or @last') as Verb,
  )
    .addOption(new Option('-s, --state <state>', 'all jobs of this state').choices(OPEN_STATES))
    .option('-t, --template <name>', 'all jobs of this template that have not ended')
    .option('-y, --yes', 'with --state or --template: do not ask')
    .option('--dry-run', 'say what would happen, and change nothing')
    .option('-w, --wait', 'stay until the jobs have ended')
    .option('--timeout <time>', 'with --wait: not longer than 90s, 5m, 2h', duration)
    .work<Options, [string[]]>(abortJobs)
    .examples(
      'standdown abort @last --reason "wrong bucket"',
      'standdown abort 4f1c2a7e 9b01d2c3 --mode force --wait --timeout 5m',
      'standdown abort 4f1c2a7e --force-after 5m --rollback',
      'standdown abort --state ONGOING --template object-migration --yes',
    )
    .addHelpText(
      'after',
      '\nExit codes: 0 accepted, 1 one of many was refused, 2 usage, 3 not found, 4 denied, 5 already ended, 6 clean-up failed, 124 timeout',
    ) as Verb

async function abortJobs(context: Context, options: Options, given: string[]): Promise<void> {
  const { state, template, yes, dryRun } = options
  const isFiltered = state !== undefined || template !== undefined
  if (given.length > 0 === isFiltered) throw eitherOr(isFiltered)
  const how = howOf(options)
  const waiting = { wait: options.wait, timeout: options.timeout }
  if (isFiltered) {
    const filter = { ...(state && { state }), ...(template !== undefined && { template }) }
    return abortFiltered(context, { filter, how, waiting, yes, dryRun })
  }
  const ids = await resolveIds(context, given)
  const [id] = ids
  if (ids.length === 1 && id !== undefined) return abortOne(context, id, { how, waiting, dryRun })
  await abortListed(context, ids, { how, waiting, dryRun })
}

const eitherOr = (both: boolean): CliError =>
  new CliError(both ? 'ids and a filter are two ways to say which jobs' : 'no job is named', {
    code: EXIT.usage,
    hint: 'name jobs (standdown abort <id...>), or say --state and --template',
  })
