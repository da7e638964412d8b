import type * as sfn from 'aws-cdk-lib/aws-stepfunctions'
import { type StateJson, waitsForExecution } from '../asl/definition.ts'

/**
 * What the role of a state machine must be allowed for Step Functions to end the work of a `.sync` task whose execution
 * is stopped, where the CDK's task does not grant it itself; by service and action,
 * https://docs.aws.amazon.com/step-functions/latest/dg/service-integration-iam-templates.html
 */
const MISSING: Record<string, string[]> = {
  'athena:startQueryExecution': ['athena:stopQueryExecution'],
  'batch:submitJob': ['batch:DescribeJobs', 'batch:TerminateJob'],
}

const SYNC = /:::([a-z-]+:\w+)\.sync/

/** The rights that are missing for this task to be stopped with its execution. */
export function missingStopRights(task: sfn.TaskStateBase): string[] {
  const { Resource: resource } = task.toStateJson() as { Resource?: string }
  const [, action = ''] = SYNC.exec(resource ?? '') ?? []
  return MISSING[action] ?? []
}

/** The state machine whose execution the task starts and waits for, if it does. */
export function childMachineOf(task: sfn.TaskStateBase): string | undefined {
  const state = task.toStateJson() as StateJson
  return waitsForExecution(state) ? (state.Parameters?.StateMachineArn as string | undefined) : undefined
}
