import { type Run, Verb } from '../command.ts'
import type { Context } from '../context.ts'
import { CliError, EXIT } from '../exit.ts'
import { resolveId } from '../jobs/resolve-id.ts'
import { localLines } from '../logs/local-logs.ts'
import type { LogLine, LogQuery } from '../logs/log-line.ts'

type Options = { step?: string; prefix: string }

export const logs = (run: Run): Verb =>
  new Verb('logs', run)
    .summary('what functions logged about a job')
    .description(
      "Prints the lines that functions logged about a job: those that name its id, in order. On this machine they are in the runtime's data folder, on AWS in CloudWatch Logs.",
    )
    .argument('[id]', 'a job; shortened where only one begins so', '@last')
    .option('--step <name>', 'only of the function of this step')
    .option('--prefix <prefix>', "begins the names of the stack's resources", 'standdown')
    .work<Options, [string]>(printLogs)
    .examples(
      'standdown logs @last',
      'standdown logs 4f1c2a7e --step copy-objects',
      'standdown logs @last -o ndjson',
    ) as Verb

async function printLogs(context: Context, { step, prefix }: Options, given: string): Promise<void> {
  const client = await context.client()
  const job = await client.job(await resolveId(context, given))
  const query = { jobId: job.job_execution_id, since: Date.parse(job.created_at), step, prefix }
  const lines = (await linesOf(context, query)).sort((a, b) => a.at - b.at)
  const view = { text: textOf, id: ({ text }: LogLine) => text }
  if (context.out.format === 'json')
    context.out.list(lines, { head: [], row: () => [], id: view.id, empty: '' })
  else for (const line of lines) context.out.next(line, view)
  if (lines.length === 0) context.say('nothing was logged about this job')
}

async function linesOf({ target }: Context, query: LogQuery): Promise<LogLine[]> {
  if (target.kind === 'local') return localLines(target.dataDir, query)
  if (target.kind === 'stack') return (await import('../logs/cloudwatch-logs.ts')).cloudWatchLines(query)
  throw new CliError('of an address alone nobody knows where its logs are', {
    code: EXIT.usage,
    hint: 'name the stack with --stack, or leave out --api-url for this machine',
  })
}

const textOf = ({ at, from, text }: LogLine): string => `${new Date(at).toISOString()}  ${from}  ${text}`
