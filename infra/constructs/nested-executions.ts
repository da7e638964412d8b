import { executionsOf } from './executions-of.ts'
import type { JobControl } from './job-control.ts'
import { permit } from './machines.ts'

/** What a job of this template starts and waits for may be stopped with it. Of a template's machine it may already. */
export function nestExecutions({ machines, external }: JobControl, template: string, arn: string): void {
  machines.nest(template, arn)
  if (machines.templateOf(arn) !== undefined) return
  const actions = ['StopExecution', 'DescribeExecution'] as const
  permit({ grantee: external, actions }, { machine: arn, executions: executionsOf(external, arn) })
}
