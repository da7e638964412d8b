import { randomUUID } from 'node:crypto'
import type { HookPayload } from '#core/clean-up/hook-payload.ts'
import { StepBusy, StepFenced, StepOutOfTime } from '#core/errors.ts'
import type { Job } from '#core/job/job.ts'
import { type Step, stepLabel } from '#core/step/step.ts'
import type { StepDeps } from '#sdk/deps.ts'
import type { HookTools, JobInfo, StepDefinition } from '#sdk/types.ts'
import { timeAfter } from './time.ts'

type Definition = StepDefinition<unknown, unknown, unknown>
type Taken = { step: Step; job: Job; owner: string }

const MAX_MESSAGE = 1_000
const MAX_STACK = 2_000

/** Kept of the Lambda's time to give the lease back. */
const LAST_WRITES_MS = 3_000

/**
 * Runs a step's `abort` or `revert` hook for the stand-down, under a lease of its own, and records that it
 * is done. A step without the hook is just recorded: it leaves nothing behind.
 *
 * @throws StepBusy while another attempt or hook may still run; what the hook throws
 */
export async function runHook(
  deps: StepDeps,
  definition: Definition,
  { payload, remainingMs }: { payload: HookPayload; remainingMs: number },
): Promise<{ cleaned_up: boolean }> {
  const taken = await take(deps, payload, remainingMs)
  if (!taken) return { cleaned_up: true }
  const hook = definition[payload.standdown.hook]
  if (hook && taken.step.touched) await underLease(deps, taken, { hook, remainingMs })
  const abort_request = taken.job.abort_request
  const event = { type: 'cleaned' as const, at: timeAfter(0), owner: taken.owner, abort_request }
  const outcome = await deps.store.applyStep(taken.step, event)
  if (outcome.kind === 'refused')
    throw new StepFenced(`${stepLabel(taken.step)} was taken over by a newer clean-up`)
  return { cleaned_up: true }
}

async function take(
  deps: StepDeps,
  { standdown }: HookPayload,
  remainingMs: number,
): Promise<Taken | undefined> {
  const owner = randomUUID()
  const dead_by = timeAfter(remainingMs)
  const lease = { owner, epoch: standdown.epoch, lease_until: timeAfter(deps.leaseMs), dead_by }
  const outcome = await deps.store.applyStep(standdown.key, { type: 'take-over', at: timeAfter(0), lease })
  if (outcome.kind !== 'refused') {
    const job = await deps.store.getJob(standdown.key.job_execution_id)
    if (!job) throw new Error(`the job ${standdown.key.job_execution_id} has no item any more`)
    return { step: outcome.item, job, owner }
  }
  const label = stepLabel(standdown.key)
  if (outcome.reason === 'done') return undefined
  if (outcome.reason === 'busy')
    throw new StepBusy(`${label} holds a lease until ${outcome.item?.lease_until}`)
  throw new StepFenced(`${label} belongs to a newer stand-down`)
}

type Hook = (tools: HookTools<unknown, unknown>) => Promise<void>

async function underLease(
  deps: StepDeps,
  taken: Taken,
  run: { hook: Hook; remainingMs: number },
): Promise<void> {
  const { step, owner } = taken
  let data = step.checkpoint
  const controller = new AbortController()
  const keep = async (): Promise<void> => {
    const event = {
      type: 'keep' as const,
      at: timeAfter(0),
      owner,
      data,
      lease_until: timeAfter(deps.leaseMs),
    }
    const outcome = await deps.store.applyStep(step, event)
    if (outcome.kind === 'refused') controller.abort(new StepFenced(`${stepLabel(step)} was taken over`))
  }
  const renewing = setInterval(() => keep().catch(() => undefined), deps.leaseMs / 3)
  const outOfTime = new StepOutOfTime(
    `the Lambda's time is nearly over; the clean-up of ${stepLabel(step)} goes on`,
  )
  const deadline = setTimeout(
    () => controller.abort(outOfTime),
    Math.max(0, run.remainingMs - LAST_WRITES_MS),
  )
  try {
    await run.hook({
      signal: controller.signal,
      checkpoint: step.checkpoint,
      result: step.result,
      index: step.index,
      mode: taken.job.abort_request?.mode ?? null,
      rollback: taken.job.abort_request?.rollback ?? false,
      job: jobInfo(taken.job),
      save: async (saved) => {
        data = saved
        await keep()
        controller.signal.throwIfAborted()
      },
    })
  } catch (error) {
    const event = { type: 'give-back' as const, at: timeAfter(0), owner, fault: null }
    await deps.store.applyStep(step, event).catch(() => undefined)
    throw shortened(controller.signal.aborted ? controller.signal.reason : error)
  } finally {
    clearInterval(renewing)
    clearTimeout(deadline)
  }
}

/** The errors of a whole round of hooks travel together in the state machine's data, 256 KB at most. */
function shortened(error: unknown): unknown {
  if (!(error instanceof Error)) return error
  const { name, message, stack = '' } = error
  if (message.length <= MAX_MESSAGE && stack.length <= MAX_STACK) return error
  const short = new Error(message.slice(0, MAX_MESSAGE))
  return Object.assign(short, { name, stack: stack.slice(0, MAX_STACK) })
}

export const jobInfo = (job: Job): JobInfo => ({
  job_execution_id: job.job_execution_id,
  template: job.template,
  execution_arn: job.execution_arn,
  created_at: job.created_at,
  input: job.input,
})
