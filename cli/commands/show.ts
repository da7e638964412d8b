import type { JobView } from '#core/api/answers.ts'
import { type Run, Verb } from '../command.ts'
import type { Context } from '../context.ts'
import { resolveId } from '../jobs/resolve-id.ts'
import type { Paint } from '../output/paint.ts'
import { report } from '../watch/report.ts'
import { scene } from '../watch/scene.ts'

export const show = (run: Run): Verb =>
  new Verb('show', run)
    .summary('show a job and its steps')
    .description('Shows a job as it is now: its state, its abort, its steps, what is left behind.')
    .argument('<id>', 'a job; shortened where only one begins so, or @last')
    .work<object, [string]>(showJob)
    .examples('standdown show @last', 'standdown show 4f1c2a7e -o json') as Verb

async function showJob(context: Context, _options: object, id: string): Promise<void> {
  const client = await context.client()
  const job = await client.job(await resolveId(context, id))
  context.out.one(job, { text: (one) => textOf(one, context.out.paint), id: (one) => one.job_execution_id })
}

function textOf(job: JobView, paint: Paint): string {
  if (job.ended_at !== null) return report(job, paint)
  const modes = job.supported_abort_modes.map(({ mode, supported, reason }) =>
    supported ? `  ${mode}: possible` : `  ${mode}: ${reason}`,
  )
  return [...scene(job, { paint, now: Date.now() }), 'abort', ...modes].join('\n')
}
