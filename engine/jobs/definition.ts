import { NotFoundError } from '#core/errors.ts'
import type { Job } from '#core/job/job.ts'
import type { Template } from '#core/template.ts'
import type { Needs } from '../ports.ts'

/** `execution`: what it runs; `template`: what is deployed now, as there is no execution yet or any more. */
export type KnownTemplate = { source: 'execution' | 'template'; template: Template }

/** What is known of the job's machine; null where its execution and its template are gone. */
export async function machineOf(
  { templates }: Needs<'templates'>,
  { execution_arn, template: name }: Job,
): Promise<KnownTemplate | null> {
  const own = await templates.ofExecution(execution_arn)
  if (own) return { source: 'execution', template: own }
  try {
    return { source: 'template', template: await templates.byName(name) }
  } catch (error) {
    if (error instanceof NotFoundError) return null
    throw error
  }
}
