import {
  DescribeStateMachineCommand,
  DescribeStateMachineForExecutionCommand,
  type SFNClient,
} from '@aws-sdk/client-sfn'
import { NotFoundError } from '#core/errors.ts'
import type { Job } from '#core/job/job.ts'
import { parseTemplate, type Template } from '#core/template.ts'

export type Templates = {
  names(): string[]
  /** @throws NotFoundError when there is no such template */
  byName(name: string): Promise<Template>
  /** The template in the version that the job's execution runs; null when neither can be read. */
  ofJob(job: Job): Promise<Template | null>
}

const FRESH_MS = 60_000
const MAX_CACHED = 200

/** Templates are read from the deployed machines themselves, and kept for a minute in a warm environment. */
export function createTemplates(client: SFNClient, machines: Record<string, string>): Templates {
  const cached = cache<Template>()
  const byName = async (name: string): Promise<Template> => {
    const arn = Object.hasOwn(machines, name) ? machines[name] : undefined
    if (!arn) {
      const known = Object.keys(machines).join(', ')
      throw new NotFoundError(`there is no job template ${JSON.stringify(name)}; there are: ${known}`)
    }
    return cached(arn, async () => {
      const found = await client.send(new DescribeStateMachineCommand({ stateMachineArn: arn }))
      return parseTemplate(arn, found.definition ?? '{}')
    })
  }
  const ofExecution = (executionArn: string): Promise<Template> =>
    cached(executionArn, async () => {
      const found = await client.send(new DescribeStateMachineForExecutionCommand({ executionArn }))
      return parseTemplate(found.stateMachineArn ?? '', found.definition ?? '{}')
    })
  return {
    names: () => Object.keys(machines),
    byName,
    ofJob: (job) => ofExecution(job.execution_arn).catch(() => byName(job.template).catch(() => null)),
  }
}

function cache<Value>() {
  const kept = new Map<string, { value: Value; until: number }>()
  return async (key: string, read: () => Promise<Value>): Promise<Value> => {
    const found = kept.get(key)
    if (found && found.until > Date.now()) return found.value
    const value = await read()
    if (kept.size >= MAX_CACHED) kept.delete(kept.keys().next().value!)
    kept.set(key, { value, until: Date.now() + FRESH_MS })
    return value
  }
}
