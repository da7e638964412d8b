import type { EventBridgeEvent } from 'aws-lambda'
import { productDeps } from '#aws/deps.ts'
import type { StandDownInput } from '#engine/stand-down/start.ts'
import { sweepJob } from '#engine/sweep.ts'
import { task } from '../middleware/task.ts'
import { logJob } from '../middleware/telemetry.ts'

type Ended = { executionArn: string; stateMachineArn: string; name: string; status: string }
type StatusChange = EventBridgeEvent<'Step Functions Execution Status Change', Ended>

/**
 * An execution ended. What really happened is asked of Step Functions, because events come late, twice or
 * out of order. A stand-down that somebody stopped is started anew; one that failed is left to the sweeper,
 * so that a lasting fault does not turn into a loop.
 */
async function settle({ detail }: StatusChange): Promise<void> {
  const deps = productDeps()
  const id = detail.stateMachineArn === deps.standDownArn ? await jobOfStandDown(detail) : detail.name
  const job = id === undefined ? undefined : await deps.store.getJob(id)
  if (!job) return
  logJob(job.job_execution_id)
  await sweepJob(deps, job)
}

async function jobOfStandDown({ executionArn, status }: Ended): Promise<string | undefined> {
  if (status !== 'ABORTED') return undefined
  const execution = await productDeps().executions.describe(executionArn)
  return (execution?.input as StandDownInput | undefined)?.job_execution_id
}

export const handler = task('SettleEvent', settle)
