import type { Context } from 'aws-lambda'
import { once } from '#aws/clients.ts'
import { stepPorts } from '#aws/step-ports.ts'
import type { HookPayload } from '#core/clean-up/hook-payload.ts'
import { stopsChildFirst } from '#core/step/child.ts'
import type { ExternalEndCall, StepCall } from '#core/template.ts'
import { claimExternal, endExternal, type TaskError } from '#engine/steps/external.ts'
import { type HookFunctions, runHook } from '#engine/steps/hook.ts'
import { task } from '../middleware/task.ts'
import { logger, logJob } from '../middleware/telemetry.ts'

type Claim = { standdown: StepCall }
type End = { standdown: ExternalEndCall; result?: unknown; error?: TaskError | null }
type Payload = Claim | End | HookPayload

const ports = once(() => stepPorts(logger))

/** For a step whose task runs no code of ours: claims it, records its end, and is its hook where its author gives none. */
async function external(payload: Payload, context: Context): Promise<unknown> {
  const { standdown } = payload
  if ('hook' in standdown) {
    logJob(standdown.key.job_execution_id)
    const invoked = { payload: payload as HookPayload, remainingMs: context.getRemainingTimeInMillis() }
    return runHook(ports(), await hooksOf(standdown), invoked)
  }
  logJob(standdown.job_execution_id)
  if (!('ends' in standdown)) return claimExternal(ports(), standdown, context.invokedFunctionArn)
  const { result = null, error = null } = payload as End
  if (!standdown.failed) return endExternal(ports(), standdown, { result })
  await endExternal(ports(), standdown, { error })
  return failureOf(error)
}

/** Only what waits for executions has one here; what that needs, claims and ends do without. */
async function hooksOf({ key, hook }: HookPayload['standdown']): Promise<HookFunctions> {
  const [job, step] = await Promise.all([ports().jobs.get(key.job_execution_id), ports().steps.get(key)])
  if (!job || !step || !stopsChildFirst(step, hook)) return {}
  const [{ childHooks }, product] = await Promise.all([
    import('#engine/steps/child.ts'),
    import('../ports.ts'),
  ])
  return childHooks(product.ports(), job, step)
}

/** What a Fail state repeats, which takes texts alone. */
const failureOf = (error: TaskError | null): Required<TaskError> => ({
  Error: error?.Error ?? 'TaskFailed',
  Cause: error?.Cause ?? '',
})

export const handler = task('External', external)
