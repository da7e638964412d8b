import { afterRound, type HookEvents, hooksThatFit } from '#core/clean-up/history.ts'
import type { HookPayload } from '#core/clean-up/hook-payload.ts'
import { type HookCall, nextHooks } from '#core/clean-up/order.ts'
import { NotFoundError } from '#core/errors.ts'
import { type Fault, isCleaningUp, type Job } from '#core/job/job.ts'
import { stopsChildFirst } from '#core/step/child.ts'
import { stepLabel, stepSortKey } from '#core/step/step.ts'
import type { Template } from '#core/template.ts'
import { messageOfCause, plainText } from '#core/text/plain-text.ts'
import { timeAt } from '#core/time.ts'
import type { Needs, StandDownInput } from '../ports.ts'
import { busy } from '../steps/signals.ts'
import { fenceRunning } from './drain.ts'
import { cleanUpName, ownView, standDownName, startCleanUp, startStandDown } from './start.ts'

/** One hook to run, as the stand-down's Map gets it; `error` when the last try of it failed for good. */
export type HookInvocation = {
  function_arn: string
  sk: string
  payload: HookPayload
  error?: { Error: string; Cause: string }
} & Pick<HookEvents, 'outcome'>

/** `events`: how many the history has by now, at most. */
export type HookRoundInput = StandDownInput & { events?: number; results?: HookInvocation[] }
/** `handed_over`: the rounds that are left are the next generation's. */
export type HookRound = StandDownInput & { events: number; calls: HookInvocation[]; handed_over: boolean }

type CleaningUp = Needs<'jobs' | 'steps' | 'templates' | 'standDowns' | 'clock'>

/** Records what failed in the last round, and answers the next one; empty when all is cleaned up. */
export async function nextHookRound(ports: CleaningUp, input: HookRoundInput): Promise<HookRound> {
  // A stand-down that an older version started has no name of its own in its data.
  const { job_execution_id, end, call = '', results = [] } = input
  const found = await ports.jobs.get(job_execution_id)
  if (!found) throw new NotFoundError(`there is no job ${job_execution_id} to clean up`)
  const job = ownView(found, call)
  for (const result of results) if (result.error) await recordFailure(ports, job, result)
  // A claim may have been written after the drain; it is refused, but its attempt may die before it says so.
  const steps = await fenceRunning(ports, job)
  const events = afterRound(input.events ?? 0, results)
  const next = { job_execution_id, end, call, events }
  const limit = hooksThatFit(events)
  if (limit === 0 && nextHooks(job, steps, 1).length > 0) {
    await handOver(ports, job, next)
    return { ...next, calls: [], handed_over: true }
  }
  const hooks = nextHooks(job, steps, limit)
  return { ...next, calls: await invocationsOf(ports, job, { hooks, call }), handed_over: false }
}

/**
 * Starts the next generation. A task that is tried again finds the job's generation raised already: it only
 * repeats the start.
 */
async function handOver(ports: CleaningUp, job: Job, { end, call }: StandDownInput): Promise<void> {
  // What a tidying leaves, the sweeper's next look has tidied.
  if (job.ended_at !== null && !isCleaningUp(job)) return
  const nameOf = isCleaningUp(job) ? cleanUpName : standDownName
  const isCurrent = nameOf(job) === call
  const generation = job.generation + (isCurrent ? 1 : 0)
  const at = timeAt(ports.clock.now())
  const event = { type: 'restart' as const, at, generation, ...repetitionOf(job) }
  const outcome = await ports.jobs.apply(job.job_execution_id, event, job)
  // Refused, it is over: nobody has to go on.
  if (outcome.kind === 'refused') return
  if (isCleaningUp(outcome.item)) await startCleanUp(ports, outcome.item)
  else await startStandDown(ports, outcome.item, end)
}

type Wanted = { hooks: HookCall[]; call: string }

async function invocationsOf(
  ports: CleaningUp,
  job: Job,
  { hooks, call }: Wanted,
): Promise<HookInvocation[]> {
  const unnamed = hooks.some(({ step }) => step.function_arn === null)
  const template = unnamed ? await templateOf(ports, job) : null
  return hooks.map(({ hook, step }) => {
    const { job_execution_id, name, order, index, visit } = step
    const key = { job_execution_id, name, order, index, visit }
    const payload = { standdown: { hook, key, epoch: job.epoch, call, ...repetitionOf(job) } }
    return { function_arn: functionOf({ hook, step }, template), sk: stepSortKey(step), payload }
  })
}

const repetitionOf = (job: Job): { run?: number } =>
  isCleaningUp(job) && job.clean_up ? { run: job.clean_up.run } : {}

/** @throws Error where it cannot be read now: the state machine tries again, nothing is taken for failed */
async function templateOf({ templates }: CleaningUp, job: Job): Promise<Template> {
  const template = await templates.ofJob(job)
  if (template) return template
  throw new Error(`the template ${job.template} of the job ${job.job_execution_id} cannot be read now`)
}

/**
 * The version that claimed the step, or whose hook it is. Items of layout 1 do not name it: theirs is what the template
 * runs.
 */
function functionOf({ hook, step }: HookCall, template: Template | null): string {
  // Whoever claimed it stops what its task started.
  const ofHook = stopsChildFirst(step, hook) ? step.function_arn : step.external?.functions[hook]
  if (ofHook) return ofHook
  const found = template?.steps.find((known) => known.name === step.name)
  // A step that is in no template any more, and names no function, cannot be cleaned up: the call says so.
  return step.function_arn ?? found?.function_arn ?? `no-function-of-${step.name}`
}

/** @throws StepBusy while the hook may still run: the state machine tries again */
async function recordFailure({ steps, clock }: CleaningUp, job: Job, result: HookInvocation): Promise<void> {
  const { key, hook, call = '', run } = result.payload.standdown
  const fault = faultOf(result, key.name, hook)
  const { abort_request } = job
  const at = timeAt(clock.now())
  const repetition = run === undefined ? {} : { run }
  const event = { type: 'clean-up-failed' as const, at, hook, call, ...repetition, fault, abort_request }
  const outcome = await steps.apply(key, event)
  // The Lambda of its last try died: until its lease has ended nobody knows that, and a new round would try for ever.
  if (outcome.kind === 'refused' && outcome.reason === 'busy') throw busy(stepLabel(key), outcome.item)
}

function faultOf(result: HookInvocation, module_name: string, function_name: string): Fault {
  const { Error: exception = 'Error', Cause: cause = '' } = result.error ?? {}
  return { exception, exception_message: plainText(messageOfCause(cause), 2_000), module_name, function_name }
}
