import type { HookPayload } from '#core/clean-up/hook-payload.ts'
import { type HookCall, nextHooks } from '#core/clean-up/order.ts'
import { NotFoundError } from '#core/errors.ts'
import type { Fault, Job } from '#core/job/job.ts'
import { stepSortKey } from '#core/step/step.ts'
import type { Template } from '#core/template.ts'
import { messageOfCause, plainText } from '#core/text/plain-text.ts'
import { timeAt } from '#core/time.ts'
import type { Needs, StandDownInput } from '../ports.ts'
import { fenceRunning } from './drain.ts'

/** One hook to run, as the stand-down's Map gets it; `error` when the last try of it failed for good. */
export type HookInvocation = {
  function_arn: string
  sk: string
  payload: HookPayload
  error?: { Error: string; Cause: string }
}
export type HookRoundInput = StandDownInput & { results?: HookInvocation[] }
export type HookRound = StandDownInput & { calls: HookInvocation[] }

/** Hooks of one round: keeps the state machine's data and history small. */
const ROUND = 30

type CleaningUp = Needs<'jobs' | 'steps' | 'templates' | 'clock'>

/** Records what failed in the last round, and answers the next one; empty when all is cleaned up. */
export async function nextHookRound(ports: CleaningUp, input: HookRoundInput): Promise<HookRound> {
  const { job_execution_id, end } = input
  const job = await ports.jobs.get(job_execution_id)
  if (!job) throw new NotFoundError(`there is no job ${job_execution_id} to clean up`)
  for (const call of input.results ?? []) if (call.error) await recordFailure(ports, job, call)
  const template = await ports.templates.ofJob(job)
  // A claim may have been written after the drain; it is refused, but its attempt may die before it says so.
  const steps = await fenceRunning(ports, job)
  const calls = nextHooks(job, steps, ROUND).map((call) => invocationOf(call, job, template))
  return { job_execution_id, end, calls }
}

function invocationOf({ hook, step }: HookCall, job: Job, template: Template | null): HookInvocation {
  const { job_execution_id, name, order, index, visit } = step
  const key = { job_execution_id, name, order, index, visit }
  const found = template?.steps.find((known) => known.name === name)
  const payload: HookPayload = { standdown: { hook, key, epoch: job.epoch } }
  // Without a function the call fails, is recorded, and the job says what was left behind.
  return { function_arn: found?.function_arn ?? `no-function-of-${name}`, sk: stepSortKey(step), payload }
}

async function recordFailure({ steps, clock }: CleaningUp, job: Job, call: HookInvocation): Promise<void> {
  const { key, hook } = call.payload.standdown
  const fault = faultOf(call, key.name, hook)
  const { abort_request } = job
  const at = timeAt(clock.now())
  await steps.apply(key, { type: 'clean-up-failed', at, fault, abort_request })
}

function faultOf(call: HookInvocation, module_name: string, function_name: string): Fault {
  const { Error: exception = 'Error', Cause: cause = '' } = call.error ?? {}
  return { exception, exception_message: plainText(messageOfCause(cause), 2_000), module_name, function_name }
}
