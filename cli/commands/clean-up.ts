import type { CleanUp } from '#client/jobs.ts'
import { type Run, Verb } from '../command.ts'
import type { Context } from '../context.ts'
import { resolveId } from '../jobs/resolve-id.ts'
import { stateText } from '../output/paint.ts'

export const cleanUp = (run: Run): Verb =>
  new Verb('clean-up', run)
    .summary('repeat the clean-up of a failed job')
    .description(
      "Repeats what a FAILED job's clean-up could not do. The state stays; what is left behind shrinks.",
    )
    .argument('<id>', 'a job; shortened where only one begins so, or @last')
    .work<object, [string]>(repeat)
    .examples('standdown clean-up 4f1c2a7e', 'standdown show 4f1c2a7e    # what is left behind') as Verb

async function repeat(context: Context, _options: object, id: string): Promise<void> {
  const client = await context.client()
  const answer = await client.cleanUp(await resolveId(context, id))
  const { out } = context
  const text = ({ job_execution_id, state, changed }: CleanUp): string =>
    `${job_execution_id}  ${stateText(state, out.paint)}  ${changed ? 'the clean-up begins again' : 'a clean-up is running already'}`
  out.one(answer, { text, id: ({ job_execution_id }) => job_execution_id })
}
