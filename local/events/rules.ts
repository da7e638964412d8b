import { compilePattern } from './pattern.ts'
import { periodOf } from './schedule.ts'
import { checkTarget, type Target } from './target-input.ts'

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

export function busArn({ region, account }: Names, busName: string): string {
  return `arn:aws:events:${region}:${account}:event-bus/${busName}`
}

export function compileRule(names: Names, options: RuleOptions): Rule {
  const { name, busName, pattern, schedule } = options
  if (pattern === undefined && schedule === undefined) {
    throw new Error(`rule ${name} has neither a pattern nor a schedule; give it one`)
  }
  for (const target of options.targets) checkTarget(target, name)
  const path = busName === 'default' ? name : `${busName}/${name}`
  return {
    ...options,
    arn: `arn:aws:events:${names.region}:${names.account}:rule/${path}`,
    matches: pattern === undefined ? () => false : compilePattern(pattern),
    ...(schedule !== undefined && { periodMs: periodOf(schedule, name) }),
  }
}
