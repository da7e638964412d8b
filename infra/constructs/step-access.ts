import { Duration } from 'aws-cdk-lib'
import * as iam from 'aws-cdk-lib/aws-iam'
import * as lambda from 'aws-cdk-lib/aws-lambda'
import { LAST_WRITES_MS } from '#core/step/last-writes.ts'
import { arnFrom } from './by-name.ts'
import { grant } from './grant.ts'
import type { JobControl } from './job-control.ts'
import { permit } from './machines.ts'
import { configurable } from './step-function.ts'

/** Its versions, and itself: jobs that an older deployment started call it without a version. */
export function permitCalls(grantee: iam.IRole, fn: lambda.IFunction): void {
  const functionArn = arnFrom(grantee, fn)
  const actions = ['lambda:InvokeFunction']
  iam.Grant.addToPrincipal({ grantee, actions, resourceArns: [functionArn] })
  const wildcards = 'The wildcard is the version: a running job calls the one that it began with'
  grant(grantee, { actions, arns: [`${functionArn}:*`], wildcards })
}

/** A step claims its item, and stops the execution where it is the last to run. */
export function connect(fn: lambda.IFunction, control: JobControl, template: string): void {
  refuseShort(fn)
  const actions = ['StopExecution', 'DescribeExecution'] as const
  permit({ grantee: fn, actions }, control.machines.arnsOf(template))
  connectHooks(fn, control)
}

/** Lambda's, where none is given. */
const DEFAULT_TIMEOUT = Duration.seconds(3)

/** It would run out of its time in each attempt, before it has done anything. */
function refuseShort(fn: lambda.IFunction): void {
  const made = configurable(fn)
  if (!made) return
  const { timeout = DEFAULT_TIMEOUT } = made
  if (timeout.isUnresolved() || timeout.toMilliseconds() > LAST_WRITES_MS) return
  throw new Error(
    `the function ${fn.node.path} has ${timeout.toSeconds()} seconds, of which a step keeps the last ${LAST_WRITES_MS / 1000} for its last writes: give it a longer timeout, as Duration.minutes(15)`,
  )
}

/** What has hooks alone stops nothing. */
export function connectHooks(fn: lambda.IFunction, control: JobControl): void {
  control.table.grantItems(fn)
  const made = configurable(fn)
  if (!made) return
  const { eachStep } = control.shared.capacity
  const { defaultChild } = made.node
  if (defaultChild instanceof lambda.CfnFunction && eachStep !== undefined) {
    defaultChild.reservedConcurrentExecutions = eachStep
  }
  made.addEnvironment('TABLE_NAME', control.table.nameFrom(fn))
  made.addEnvironment('LEASE_SECONDS', String(control.leaseSeconds))
  made.addEnvironment('RETENTION_DAYS', String(control.shared.retentionDays))
}
