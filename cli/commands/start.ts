import { readFileSync } from 'node:fs'
import { Option } from 'commander'
import type { ExecuteJobAnswer, JobView } from '#core/api/answers.ts'
import type { Run } from '../command.ts'
import { Verb } from '../command.ts'
import type { Context } from '../context.ts'
import { duration } from '../duration.ts'
import { inputOf } from '../jobs/input.ts'
import { rememberLast } from '../jobs/last.ts'
import { stateText } from '../output/paint.ts'
import { followJob } from '../watch/follow-job.ts'
import { codeOfEnd, report } from '../watch/report.ts'

type Options = { input: string[]; idempotencyKey?: string; tenant?: string; wait?: true; timeout?: number }

const collect = (one: string, before: string[]): string[] => [...before, one]

export const start = (run: Run): Verb =>
  new Verb('start', run)
    .summary('start a job of a template')
    .description('Starts a job of a template, and prints its id. @last names it from then on.')
    .argument('<template>', 'which kind of job; standdown templates lists them')
    .addOption(
      new Option('-i, --input <value>', 'key=value (a.b=value goes deeper), @file or - ; may be given often')
        .argParser(collect)
        .default([], 'an empty object'),
    )
    .option('--idempotency-key <key>', 'the same key starts no second job')
    .option('--tenant <id>', 'whose job it is')
    .option('-w, --wait', 'stay until the job has ended')
    .option('--timeout <time>', 'with --wait: not longer than 90s, 5m, 2h', duration)
    .work<Options, [string]>(startJob)
    .examples(
      'standdown start object-migration -i source.bucket=photos -i destination.bucket=photos-archive',
      'standdown start fabric -i @playbooks.json --wait',
      'id=$(standdown start object-migration -i - -o id < input.json)',
    ) as Verb

async function startJob(context: Context, options: Options, template: string): Promise<void> {
  const { client, apiUrl } = await context.connection()
  const input = inputOf(options.input, () => readFileSync(0, 'utf8'))
  const { tenant: tenant_id, idempotencyKey: idempotency_key } = options
  const started = await client.execute({ template, input, tenant_id, idempotency_key })
  const { job_execution_id } = started
  await rememberLast(job_execution_id, apiUrl, context.process.env).catch((error: Error) =>
    context.say(`@last is not remembered: ${error.message}`),
  )
  if (!options.wait) return context.out.one(started, startedView(context))
  const job = await followJob(context, job_execution_id, { timeout: options.timeout })
  printEnd(context, job)
  context.code = codeOfEnd(job, 'success')
}

const startedView = ({ out }: Context) => ({
  text: ({ job_execution_id, state }: ExecuteJobAnswer) =>
    `${job_execution_id}  ${stateText(state, out.paint)}`,
  id: ({ job_execution_id }: ExecuteJobAnswer) => job_execution_id,
})

/** How a job ended, as data. */
export const printEnd = ({ out }: Context, job: JobView): void =>
  out.one(job, { text: (one) => report(one, out.paint), id: (one) => one.job_execution_id })
