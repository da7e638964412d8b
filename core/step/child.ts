import type { Hook } from '../clean-up/hook.ts'
import type { Step } from './step.ts'

// Executions that the task of an external step starts, and waits for.

/** Of which machine, and how often at most: each Retry of the task starts another. */
export type ChildExecutions = { machine_arn: string; tries: number }

type Parent = Pick<Step, 'job_execution_id' | 'order' | 'index' | 'external'>

/** As the chain names them: by the job, the step's place in it, and the try. */
export const childNames = ({ job_execution_id, order, index, external }: Parent): string[] =>
  Array.from({ length: external?.child?.tries ?? 0 }, (_, retry) =>
    [job_execution_id, order, ...(index === null ? [] : [index]), retry].join('-'),
  )

const MAX_NAME = 80

/** Step Functions would refuse such a name, in words that help nobody. */
export const whyNoChildName = (step: Parent): string | null => {
  const longest = childNames(step).at(-1)
  if (longest === undefined || longest.length <= MAX_NAME) return null
  return `the execution that it starts would be named ${longest}, which has more than ${MAX_NAME} characters: give the job a shorter id`
}

/** The jobs whose child an execution of this name may be, by its name alone. */
export function possibleParents(name: string): string[] {
  const [, first] = /^(.+)-\d+-\d+$/.exec(name) ?? []
  const [, second] = /^(.+)-\d+-[\d.]+-\d+$/.exec(name) ?? []
  return [first, second].filter((id) => id !== undefined)
}

/** What it started is stopped, and seen to have ended, before its author's clean-up begins. */
export const stopsChildFirst = ({ external }: Pick<Step, 'external'>, hook: Hook): boolean =>
  hook === 'abort' && external?.child !== undefined && external.stop !== 'ended'
