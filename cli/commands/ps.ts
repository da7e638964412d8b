import { Option } from 'commander'
import { eachItem } from '#client/pages.ts'
import type { ListedJob } from '#core/api/answers.ts'
import { STATES, type State } from '#core/states.ts'
import { type Run, Verb } from '../command.ts'
import type { Context } from '../context.ts'
import { spoken } from '../duration.ts'
import { CliError, EXIT } from '../exit.ts'
import { shortId } from '../jobs/short-ids.ts'
import { cell } from '../output/format.ts'
import { stateText } from '../output/paint.ts'

type Options = { state?: State; template?: string; limit: number }

const MAX_PAGE = 100

export const ps = (run: Run): Verb =>
  new Verb('ps', run)
    .alias('list')
    .summary('list jobs, the newest first')
    .description('Lists jobs, the newest first.')
    .addOption(new Option('-s, --state <state>', 'only of this state').choices(STATES))
    .option('-t, --template <name>', 'only of this template')
    .option('-n, --limit <number>', 'how many at most', count, 25)
    .work<Options, []>(list)
    .examples(
      'standdown ps --state ONGOING',
      'standdown ps --template object-migration -n 100 -o ndjson',
      'standdown ps -o id --state FAILED',
    ) as Verb

function count(text: string): number {
  if (/^[1-9]\d{0,5}$/.test(text)) return Number(text)
  throw new CliError(`'${text}' is no number of jobs`, { code: EXIT.usage, hint: 'give -n 100' })
}

async function list(context: Context, { state, template, limit }: Options): Promise<void> {
  const client = await context.client()
  const jobs: ListedJob[] = []
  const query = { state, template, limit: Math.min(limit, MAX_PAGE) }
  for await (const job of eachItem((next_token) => client.jobs({ ...query, next_token }))) {
    jobs.push(job)
    if (jobs.length === limit) break
  }
  const ids = jobs.map(({ job_execution_id }) => job_execution_id)
  const { paint } = context.out
  context.out.list(jobs, {
    head: ['ID', 'TEMPLATE', 'STATE', 'STARTED', 'TOOK', 'BY'],
    row: (job) => [
      cell(shortId(job.job_execution_id, ids)),
      cell(job.template),
      stateText(job.state, paint),
      `${spoken(Date.now() - Date.parse(job.created_at))} ago`,
      tookOf(job),
      cell(nameOf(job.created_by)),
    ],
    id: (job) => job.job_execution_id,
    empty: 'no jobs; start one with standdown start, standdown templates lists what there is',
  })
}

function tookOf({ started_at, ended_at }: ListedJob): string {
  if (started_at === null) return ''
  return spoken((ended_at === null ? Date.now() : Date.parse(ended_at)) - Date.parse(started_at))
}

/** Of an ARN what says who it is. */
const nameOf = (principal: string): string =>
  principal.startsWith('arn:') ? principal.split(':').slice(5).join(':') : principal
