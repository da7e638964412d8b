import { type Run, Verb } from '../command.ts'
import type { Context } from '../context.ts'
import { duration } from '../duration.ts'
import { resolveId } from '../jobs/resolve-id.ts'
import { followJob } from '../watch/follow-job.ts'
import { codeOfEnd } from '../watch/report.ts'
import { printEnd } from './start.ts'

type Options = { timeout?: number }

export const watch = (run: Run): Verb =>
  new Verb('watch', run)
    .summary('watch a job to its end')
    .description('Shows how a job goes on, and how it ended. Ctrl-C stops watching, not the job.')
    .argument('[id]', 'a job; shortened where only one begins so', '@last')
    .option('--timeout <time>', 'not longer than 90s, 5m, 2h', duration)
    .work<Options, [string]>(watchJob)
    .examples('standdown watch', 'standdown watch 4f1c2a7e --timeout 10m') as Verb

async function watchJob(context: Context, { timeout }: Options, given: string): Promise<void> {
  const job = await followJob(context, await resolveId(context, given), { timeout })
  printEnd(context, job)
  context.code = codeOfEnd(job, 'any')
}
