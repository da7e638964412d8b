import type { Hook } from '#core/clean-up/hook.ts'
import type { HookPayload } from '#core/clean-up/hook-payload.ts'
import { StepBusy, StepFenced, StepOutOfTime } from '#core/errors.ts'
import type { Job } from '#core/job/job.ts'
import { afterRefusedClaim } from '#core/step/refused-claim.ts'
import { type Step, stepLabel } from '#core/step/step.ts'
import { timeAt } from '#core/time.ts'
import { Lease } from './lease.ts'
import type { StepPorts } from './ports.ts'
import { type HookTools, jobInfo } from './tools.ts'

/** A step's `abort` and `revert`, where its author wrote them. */
export type HookFunctions = Partial<Record<Hook, (tools: HookTools<unknown, unknown>) => Promise<void>>>
type Taken = { step: Step; job: Job; owner: string; remainingMs: number }

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
  ports: StepPorts,
  functions: HookFunctions,
  invoked: { payload: HookPayload; remainingMs: number },
): Promise<{ cleaned_up: boolean }> {
  const taken = await take(ports, invoked)
  if (!taken) return { cleaned_up: true }
  const { step, job, owner } = taken
  const run = functions[invoked.payload.standdown.hook]
  if (run && step.touched) await underLease(ports, taken, run)
  const { abort_request } = job
  const at = timeAt(ports.clock.now())
  const outcome = await ports.steps.apply(step, { type: 'cleaned', at, owner, abort_request })
  if (outcome.kind === 'refused') {
    throw new StepFenced(`${stepLabel(step)} was taken over by a newer clean-up`)
  }
  return { cleaned_up: true }
}

async function take(
  ports: StepPorts,
  { payload: { standdown }, remainingMs }: { payload: HookPayload; remainingMs: number },
): Promise<Taken | undefined> {
  const owner = ports.ids.random()
  const now = ports.clock.now()
  const lease_until = timeAt(now + ports.timing.leaseMs)
  const lease = { owner, epoch: standdown.epoch, lease_until, dead_by: timeAt(now + remainingMs) }
  const outcome = await ports.steps.apply(standdown.key, { type: 'take-over', at: timeAt(now), lease })
  if (outcome.kind !== 'refused') {
    const job = await ports.jobs.get(standdown.key.job_execution_id)
    if (!job) throw new Error(`the job ${standdown.key.job_execution_id} has no item any more`)
    return { step: outcome.item, job, owner, remainingMs }
  }
  const label = stepLabel(standdown.key)
  const next = afterRefusedClaim(outcome.reason)
  if (next === 'answer') return undefined
  if (next === 'retry') {
    throw new StepBusy(`${label} holds a lease until ${outcome.item?.lease_until}`)
  }
  throw new StepFenced(`${label} belongs to a newer stand-down`)
}

async function underLease(
  ports: StepPorts,
  taken: Taken,
  run: (tools: HookTools<unknown, unknown>) => Promise<void>,
): Promise<void> {
  const { step, owner } = taken
  const lease = leaseOf(ports, taken)
  let data = step.checkpoint
  const keep = (): Promise<void> =>
    lease.renew(
      async (lease_until) => {
        const event = { type: 'keep' as const, at: timeAt(ports.clock.now()), owner, data, lease_until }
        return (await ports.steps.apply(step, event)).kind !== 'refused'
      },
      () => new StepFenced(`${stepLabel(step)} was taken over`),
    )
  const save = async (saved: unknown): Promise<void> => {
    data = saved
    await keep()
    lease.signal.throwIfAborted()
  }
  const renewing = ports.clock.every(ports.timing.leaseMs / 3, () => renewOrStop(lease, step, keep))
  try {
    await run({ ...toolsOf(taken), signal: lease.signal, save })
  } catch (error) {
    const event = { type: 'give-back' as const, at: timeAt(ports.clock.now()), owner, fault: null }
    await ports.steps.apply(step, event).catch(() => undefined)
    throw shortened(lease.signal.aborted ? lease.signal.reason : error)
  } finally {
    renewing()
    lease.end()
  }
}

function leaseOf({ clock, timing }: StepPorts, { step, remainingMs }: Taken): Lease {
  const outOfTime = new StepOutOfTime(
    `the Lambda's time is nearly over; the clean-up of ${stepLabel(step)} goes on`,
  )
  return new Lease({ clock, leaseMs: timing.leaseMs, remainingMs, lastWritesMs: LAST_WRITES_MS, outOfTime })
}

/** When no renewal gets through, the hook stops itself before another may take the step. */
function renewOrStop(lease: Lease, step: Step, renew: () => Promise<void>): void {
  const lost = `the clean-up of ${stepLabel(step)} could not renew its lease; the next goes on`
  if (lease.isLate) lease.stop(new StepOutOfTime(lost))
  else renew().catch(() => undefined)
}

const toolsOf = ({ step, job }: Taken): Omit<HookTools<unknown, unknown>, 'signal' | 'save'> => ({
  checkpoint: step.checkpoint,
  result: step.result,
  index: step.index,
  mode: job.abort_request?.mode ?? null,
  rollback: job.abort_request?.rollback ?? false,
  job: jobInfo(job),
})

/** The errors of a whole round of hooks travel together in the state machine's data, 256 KB at most. */
function shortened(error: unknown): unknown {
  if (!(error instanceof Error)) return error
  const { name, message, stack = '' } = error
  if (message.length <= MAX_MESSAGE && stack.length <= MAX_STACK) return error
  const short = new Error(message.slice(0, MAX_MESSAGE))
  return Object.assign(short, { name, stack: stack.slice(0, MAX_STACK) })
}
