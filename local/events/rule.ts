import { compilePattern } from './pattern.ts'
import { periodOf } from './rate.ts'

/** Gets the event as it is, with these retries, and the queue that takes what it did not. */
export type Target = { id: string; arn: string; deadLetterArn?: string; maximumRetryAttempts?: number }

export type RuleOptions = {
  name: string
  busName: string
  pattern?: object
  schedule?: string
  enabled: boolean
  targets: Target[]
}

export type Rule = RuleOptions & { arn: string; matches(event: unknown): boolean; periodMs?: number }

export type Names = { region: string; account: string }

export function compileRule(names: Names, options: RuleOptions): Rule {
  const { name, busName, pattern, schedule } = options
  if (pattern === undefined && schedule === undefined) {
    throw new Error(`rule ${name} has neither a pattern nor a schedule; give it one`)
  }
  const path = busName === 'default' ? name : `${busName}/${name}`
  return {
    ...options,
    arn: `arn:aws:events:${names.region}:${names.account}:rule/${path}`,
    matches: pattern === undefined ? () => false : compilePattern(pattern),
    ...(schedule !== undefined && { periodMs: periodOf(schedule, name) }),
  }
}
