import type { Deps } from '#aws/deps.ts'
import type { HookPayload } from '#core/clean-up/hook-payload.ts'
import { type HookCall, leftBehind, neverClaimed, nextHooks } from '#core/clean-up/order.ts'
import { NotFoundError } from '#core/errors.ts'
import type { Fault, Job } from '#core/job/job.ts'
import { type Step, stepSortKey } from '#core/step/step.ts'
import type { Template } from '#core/template.ts'
import { messageOfCause, plainText } from '#core/text/plain-text.ts'
import { now } from '../now.ts'
import { fenceRunning } from './drain.ts'
import type { StandDownInput } from './start.ts'

/** One hook to run, as the stand-down's Map gets it; `error` when the last try of it failed for good. */
export type CleanUpCall = {
  function_arn: string
  sk: string
  payload: HookPayload
  error?: { Error: string; Cause: string }
}
export type CleanUpInput = StandDownInput & { results?: CleanUpCall[] }
export type CleanUpBatch = StandDownInput & { calls: CleanUpCall[] }

/** Hooks of one round: keeps the state machine's data and history small. */
const ROUND = 30

/** Records what failed in the last round, and answers the next one; empty when all is cleaned up. */
export async function nextCleanUps(deps: Deps, input: CleanUpInput): Promise<CleanUpBatch> {
  const { job_execution_id, end } = input
  const job = await deps.store.getJob(job_execution_id)
  if (!job) throw new NotFoundError(`there is no job ${job_execution_id} to clean up`)
  for (const call of input.results ?? []) if (call.error) await recordFailure(deps, job, call)
  const template = await deps.templates.ofJob(job)
  // A claim may have been written after the drain; it is refused, but its attempt may die before it says so.
  const steps = await fenceRunning(deps, job)
  const hooks = nextHooks(job, steps, ROUND)
  const calls = hooks.map((hook) => callOf(hook, job, template))
  return { job_execution_id, end, calls }
}

function callOf({ hook, step }: HookCall, job: Job, template: Template | null): CleanUpCall {
  const { job_execution_id, name, order, index, visit } = step
  const key = { job_execution_id, name, order, index, visit }
  const found = template?.steps.find((known) => known.name === name)
  const payload: HookPayload = { standdown: { hook, key, epoch: job.epoch } }
  // Without a function the call fails, is recorded, and the job says what was left behind.
  return { function_arn: found?.function_arn ?? `no-function-of-${name}`, sk: stepSortKey(step), payload }
}

async function recordFailure(deps: Deps, job: Job, call: CleanUpCall): Promise<void> {
  const { key, hook } = call.payload.standdown
  const fault = faultOf(call, key.name, hook)
  const event = { type: 'clean-up-failed' as const, at: now(), fault, abort_request: job.abort_request }
  await deps.store.applyStep(key, event)
}

function faultOf(call: CleanUpCall, module_name: string, function_name: string): Fault {
  const { Error: exception = 'Error', Cause: cause = '' } = call.error ?? {}
  return { exception, exception_message: plainText(messageOfCause(cause), 2_000), module_name, function_name }
}

/** The stand-down's last task: writes the steps that never ran as CANCELLED and ends the job. */
export async function settleJob(deps: Deps, { job_execution_id }: StandDownInput): Promise<Job> {
  const job = await deps.store.getJob(job_execution_id)
  if (!job) throw new NotFoundError(`there is no job ${job_execution_id} to settle`)
  const steps = await deps.store.getSteps(job_execution_id)
  refuseUnfinished(job, steps)
  const execution = await deps.executions.describe(job.execution_arn)
  if (execution && !execution.end) await deps.executions.stop(job)
  if (job.state === 'CANCELLING') await skipUnclaimed(deps, job, steps)
  // A claim may have come between: by now every step has an item, so this look is the last one needed.
  const ended = await deps.store.getSteps(job_execution_id)
  refuseUnfinished(job, ended)
  const event = { type: 'settle' as const, at: now(), ...leftBehind(job, ended) }
  const outcome = await deps.store.applyJob(job_execution_id, event, job)
  if (outcome.kind === 'refused')
    throw new Error(`the job ${job_execution_id} cannot be settled: ${outcome.reason}`)
  return outcome.item
}

function refuseUnfinished(job: Job, steps: Step[]): void {
  const left = nextHooks(job, steps, ROUND)
  if (left.length === 0) return
  throw new Error(`${left.length} steps of the job ${job.job_execution_id} are not cleaned up yet`)
}

async function skipUnclaimed(deps: Deps, job: Job, steps: Step[]): Promise<void> {
  const template = await deps.templates.ofJob(job)
  const { job_execution_id, abort_request } = job
  for (const { name, order, abortable } of template ? neverClaimed(template, steps) : []) {
    const key = { job_execution_id, name, order, index: null, visit: null }
    const step = { ...key, template: job.template, abortable }
    await deps.store.applyStep(key, { type: 'skip', at: now(), step, abort_request })
  }
}
