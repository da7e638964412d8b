import { type Run, Verb } from '../command.ts'
import type { Context } from '../context.ts'
import { type HowOptions, howOf, withHow } from '../jobs/abort-options.ts'
import { printPlan } from '../jobs/print-plan.ts'
import { resolveId } from '../jobs/resolve-id.ts'

export const plan = (run: Run): Verb =>
  withHow(
    new Verb('plan', run)
      .summary('what an abort would do; changes nothing')
      .description('Says what an abort would do to each step, and what cannot be undone. Changes nothing.')
      .argument('<id>', 'a job; shortened where only one begins so, or @last') as Verb,
  )
    .work<HowOptions, [string]>(planAbort)
    .examples('standdown plan @last', 'standdown plan 4f1c2a7e --mode force --rollback') as Verb

async function planAbort(context: Context, options: HowOptions, id: string): Promise<void> {
  const client = await context.client()
  printPlan(context, await client.dryRun(await resolveId(context, id), howOf(options)))
}
