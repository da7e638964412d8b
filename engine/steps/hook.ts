import type { Hook } from '#core/clean-up/hook.ts'
import type { HookPayload } from '#core/clean-up/hook-payload.ts'
import { StepBusy } from '#core/errors.ts'
import type { Job } from '#core/job/job.ts'
import { stopsChildFirst } from '#core/step/child.ts'
import type { StepEvent } from '#core/step/reducer.ts'
import { afterRefusedClaim } from '#core/step/refused-claim.ts'
import { type Step, stepLabel } from '#core/step/step.ts'
import { timeAt } from '#core/time.ts'
import { bytesOf, type JsonText, type JsonValue, jsonText } from '#core/value.ts'
import { roomBeside, ValuePlaces } from '../values/places.ts'
import { readValue } from '../values/read.ts'
import { Lease } from './lease.ts'
import type { StepPorts } from './ports.ts'
import { authorsError, busy, leaseLost, outOfTime, takenOver } from './signals.ts'
import { type ExternalHookTools, jobInfo } from './tools.ts'

type Tools = ExternalHookTools<unknown>

/**
 * A step's `abort` and `revert`, where its author wrote them; `hasEnded` looks whether work that was asked to stop is
 * over.
 */
export type HookFunctions = Partial<Record<Hook, (tools: Tools) => Promise<void>>> & {
  hasEnded?: (tools: Tools) => Promise<boolean>
}
type Taken = {
  kind: 'taken'
  step: Step
  job: Job
  owner: string
  takenAt: number
  deadBy: number
}

const MAX_MESSAGE = 1_000
const MAX_STACK = 2_000

/** Kept of the Lambda's time to give the lease back. */
const LAST_WRITES_MS = 3_000
const SHORTEST_TICK_MS = 5

/**
 * Runs a step's `abort` or `revert` hook for the stand-down, under a lease of its own, and records that it
 * is done. A step without the hook is just recorded: nothing was cleaned up.
 *
 * @throws StepBusy while another attempt or hook may still run; what the hook throws
 */
export async function runHook(
  ports: StepPorts,
  functions: HookFunctions,
  invoked: { payload: HookPayload; remainingMs: number },
): Promise<{ cleaned_up: boolean }> {
  const taken = await take(ports, invoked)
  if (taken.kind === 'done') return { cleaned_up: taken.cleaned_up }
  const { step, job, owner } = taken
  const run = functions[invoked.payload.standdown.hook]
  const ran = run !== undefined && step.touched
  const childFirst = stopsChildFirst(step, invoked.payload.standdown.hook)
  const look = childFirst || step.external?.stop === 'requested' ? functions.hasEnded : undefined
  if (ran) await underLease(ports, taken, look ? onceEnded(step, look, run) : run)
  const { abort_request } = job
  const at = timeAt(ports.clock.now())
  const seen_ended = ran && look !== undefined
  const event: StepEvent =
    ran && childFirst && step.external?.functions.abort
      ? { type: 'work-ended', at, owner }
      : { type: 'cleaned', at, owner, abort_request, ran, seen_ended }
  const outcome = await ports.steps.apply(step, event)
  if (outcome.kind === 'refused') throw takenOver(stepLabel(step))
  return { cleaned_up: ran }
}

async function take(
  ports: StepPorts,
  { payload: { standdown }, remainingMs }: { payload: HookPayload; remainingMs: number },
): Promise<Taken | { kind: 'done'; cleaned_up: boolean }> {
  const owner = ports.ids.random()
  const takenAt = ports.clock.now()
  const deadBy = takenAt + remainingMs
  const lease_until = timeAt(Math.min(takenAt + ports.timing.leaseMs, deadBy))
  const lease = { owner, epoch: standdown.epoch, lease_until, dead_by: timeAt(deadBy) }
  const { hook, key, call = '', run } = standdown
  const event = {
    type: 'take-over' as const,
    at: timeAt(takenAt),
    lease,
    hook,
    call,
    ...(run === undefined ? {} : { run }),
  }
  const outcome = await ports.steps.apply(key, event)
  if (outcome.kind !== 'refused') {
    const job = await ports.jobs.get(key.job_execution_id)
    if (!job) throw new Error(`the job ${key.job_execution_id} has no item any more`)
    return { kind: 'taken', step: outcome.item, job, owner, takenAt, deadBy }
  }
  const next = afterRefusedClaim(outcome.reason)
  if (next === 'answer') return { kind: 'done', cleaned_up: outcome.item?.cleaned_up ?? false }
  if (next === 'retry') throw busy(stepLabel(key), outcome.item)
  throw takenOver(stepLabel(key))
}

/** The work that a hook cleans up after has not ended: the hook is called again. */
class StillAtWork extends StepBusy {}

/**
 * Looks, then cleans up: only a clean-up that began once the work was over counts. The others may ask it to stop, where
 * Step Functions could not.
 */
const onceEnded =
  (step: Step, look: NonNullable<HookFunctions['hasEnded']>, run: (tools: Tools) => Promise<void>) =>
  async (tools: Tools): Promise<void> => {
    const ended = await look(tools)
    await run({ ...tools, ended })
    if (!ended)
      throw new StillAtWork(`the work of ${stepLabel(step)} was asked to stop, and has not ended yet`)
  }

async function underLease(
  ports: StepPorts,
  taken: Taken,
  run: (tools: Tools) => Promise<void>,
): Promise<void> {
  const { step, owner } = taken
  const lease = leaseOf(ports, taken)
  const keep = async (data?: JsonValue): Promise<JsonValue | null> => {
    let kept = step.checkpoint
    const held = await lease.renew(async (lease_until) => {
      const at = timeAt(ports.clock.now())
      const event = { type: 'keep' as const, at, owner, lease_until, ...(data && { data }) }
      const { kind, item } = await ports.steps.apply(step, event)
      kept = item?.checkpoint ?? null
      return kind !== 'refused'
    })
    if (!held) lease.stop(takenOver(stepLabel(step)))
    lease.signal.throwIfAborted()
    return kept
  }
  const save = savingBy(ports, taken, keep)
  const renewing = ports.clock.every(
    tickMsOf(ports),
    renewal(lease, step, () => keep()),
  )
  try {
    const tools = await toolsOf(ports, taken)
    // A slow start has used up the lease, and others count from it.
    if (lease.isHalfOver) await keep()
    lease.signal.throwIfAborted()
    await run({ ...tools, signal: lease.signal, save })
  } catch (error) {
    const event = { type: 'give-back' as const, at: timeAt(ports.clock.now()), owner, fault: null }
    await ports.steps.apply(step, event).catch(() => undefined)
    throw shortened(lease.reason ?? (error instanceof StillAtWork ? error : authorsError(error)))
  } finally {
    renewing()
    lease.end()
  }
}

type Keep = (data: JsonValue) => Promise<JsonValue | null>

/** What the hook saves is kept one after the other, in the order in which it was given. */
function savingBy(
  { values }: StepPorts,
  { step, owner }: Taken,
  keep: Keep,
): (value: unknown) => Promise<void> {
  const places = new ValuePlaces(values, { job_execution_id: step.job_execution_id, owner })
  const saveText = async (text: JsonText): Promise<void> => {
    const data = bytesOf(text) <= roomBeside(step.result) ? { text } : await places.put(text)
    places.sending(data)
    places.confirmed(await keep(data))
  }
  let saved = Promise.resolve()
  return async (value) => {
    const text = jsonText(value, { what: 'what the hook saves' })
    saved = saved.catch(() => undefined).then(() => saveText(text))
    await saved
  }
}

function leaseOf({ clock, timing }: StepPorts, { step, takenAt, deadBy }: Taken): Lease {
  const ending = { deadBy, lastWritesMs: LAST_WRITES_MS, outOfTime: outOfTime(step, 'is cleaned up further') }
  return new Lease({ clock, leaseMs: timing.leaseMs, takenAt, ...ending })
}

const tickMsOf = ({ timing }: StepPorts): number => Math.max(timing.leaseMs / 10, SHORTEST_TICK_MS)

/** When no renewal gets through, the hook stops itself before another may take the step; it still says that it runs. */
function renewal(lease: Lease, step: Step, renew: () => Promise<unknown>): () => void {
  let renewing = false
  return () => {
    if (lease.isLate) lease.stop(leaseLost(step))
    if (renewing || !lease.isHalfOver) return
    renewing = true
    const over = (): void => {
      renewing = false
    }
    renew().then(over, over)
  }
}

async function toolsOf(ports: StepPorts, { step, job }: Taken): Promise<Omit<Tools, 'signal' | 'save'>> {
  const { job_execution_id: id } = job
  const values = [step.checkpoint, step.result, job.input].map((value) => readValue(ports, id, value))
  const [checkpoint, result, input] = await Promise.all(values)
  return {
    checkpoint,
    result,
    index: step.index,
    ended: step.external?.stop === 'requested' ? null : true,
    mode: job.abort_request?.mode ?? null,
    rollback: job.abort_request?.rollback ?? false,
    job: jobInfo(job, input),
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
