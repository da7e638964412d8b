import type { Hook } from '#core/clean-up/hook.ts'
import { hookFor } from '#core/clean-up/order.ts'
import { isCleaningUp, type Job } from '#core/job/job.ts'
import { afterRefusedClaim } from '#core/step/refused-claim.ts'
import { isLive } from '#core/step/step.ts'
import { applyStep } from './apply.ts'
import { type Attempt, executionOf } from './execution.ts'
import { EARLIER, get, jobOf, LATER, type Model, NOW, SLOT, set, spend, stepOf, type World } from './model.ts'
import { must } from './violation.ts'

/** One invocation of a step's hook. `call` names the stand-down that asks, `epoch` is that of its round. */
export type HookRun = { pc: string; n: number; hook: Hook; call: string; epoch: number; run?: number }
export const FAULT = { exception: 'E', exception_message: 'm', module_name: 'm', function_name: 'abort' }

export const hookOf = (world: World, i: number): HookRun | null => get<HookRun | null>(world, SLOT.hook + i)
/** The hook of a stand-down whose execution was stopped: nobody tries it again. */
const lateHookOf = (world: World, i: number): HookRun | null => get<HookRun | null>(world, SLOT.lateHook + i)
const ownerOf = (i: number, n: number): string => `hook ${i}/${n}`

type HookStart = { i: number; call: string; job: Job }

/** Each start gets a token of its own: the number of the item's hooks so far. */
export function startHook(world: World, model: Model, { i, call, job }: HookStart): World {
  const taken = Number(/^hook \d+\/(\d+)$/.exec(stepOf(world, i)?.owner ?? '')?.[1] ?? '0')
  const last = Math.max(taken, lateHookOf(world, i)?.n ?? 0)
  const hook = hookFor(job, stepOf(world, i)!) ?? 'abort'
  const run = isCleaningUp(job) && job.clean_up ? { run: job.clean_up.run } : {}
  const left = stepOf(world, i)!.clean_up
  const tried = left?.fault != null && left.run !== undefined && left.run === run.run
  must(!tried, 'I6', `a repeated clean-up tries that of ${model.chain[i]!.name} twice`)
  return set(world, SLOT.hook + i, { pc: 'take', n: last + 1, hook, call, epoch: job.epoch, ...run })
}

/** The execution that started them is stopped: what has not failed lives on. */
export function leaveHooks(world: World, model: Model): World {
  return model.chain.reduce((next, _step, i) => {
    const hook = hookOf(next, i)
    if (!hook || hook.pc === 'failed' || lateHookOf(next, i)) return next
    return leaveHook(next, i)
  }, world)
}

const leaveHook = (world: World, i: number): World =>
  set(set(world, SLOT.hook + i, null), SLOT.lateHook + i, hookOf(world, i))

/** engine/steps/hook.ts, one call at a time. */
export function hookMoves(world: World, model: Model, i: number): World[] {
  const hook = hookOf(world, i)
  const late = lateHookOf(world, i)
  return [
    ...(hook && hook.pc !== 'failed' ? movesOf(world, model, { i, hook }) : []),
    ...(late ? lateMoves(world, model, { i, hook: late }) : []),
  ]
}

/** As if it were the only one; then both are put where they belong. What it would try again is over. */
function lateMoves(world: World, model: Model, { i, hook }: Turn): World[] {
  const own = world[SLOT.hook + i]!
  const alone = set(world, SLOT.hook + i, hook)
  const moves = movesOf(alone, model, { i, hook, beside: hookOf(world, i) })
  const placed = moves.map((next) => {
    const after = hookOf(next, i)
    const over = after === null || after.pc === 'failed' || after.n !== hook.n
    const back = next.slice()
    back[SLOT.hook + i] = own
    return set(back, SLOT.lateHook + i, over ? null : after)
  })
  // It found the step busy, and leaves; or its Lambda was killed with it.
  return hook.pc === 'take' ? [...placed, set(world, SLOT.lateHook + i, null)] : placed
}

function movesOf(world: World, model: Model, turn: Turn): World[] {
  const { i, hook } = turn
  if (hook.pc === 'take') return take(world, model, turn)
  if (hook.pc === 'effect') return effect(world, turn)
  const { abort_request } = jobOf(world)
  const ran = stepOf(world, i)!.touched
  const event = { type: 'cleaned' as const, at: NOW, owner: ownerOf(i, hook.n), abort_request, ran }
  const done = applyStep(world, i, event)
  must(done.kind !== 'refused', 'I9', 'a clean-up was taken over while it ran')
  return [set(done.world, SLOT.hook + i, null), ...crash(world, i)]
}

/** The hook of step `i`. */
type Turn = { i: number; hook: HookRun; beside?: HookRun | null }

function take(world: World, model: Model, turn: Turn): World[] {
  const { i, hook } = turn
  const { epoch, call, run } = hook
  const repetition = run === undefined ? {} : { run }
  const lease = { owner: ownerOf(i, hook.n), epoch, lease_until: LATER, dead_by: LATER }
  const takesHook = model.mutation === 'hook-takes-a-live-hook' && stepOf(world, i)!.owner?.startsWith('hook')
  const from = model.mutation === 'no-wait-for-leases' || takesHook ? endLease(world, i) : world
  const before = stepOf(from, i)!
  const done = applyStep(from, i, { type: 'take-over', at: NOW, lease, hook: hook.hook, call, ...repetition })
  if (done.kind === 'refused') {
    const next = afterRefusedClaim(done.reason)
    if (next === 'retry') return []
    return [set(world, SLOT.hook + i, next === 'answer' ? null : { ...hook, pc: 'failed' })]
  }
  must(before.attempt > 0, 'I6', 'the clean-up of a step that was never claimed')
  const pc = before.touched ? 'effect' : 'cleaned'
  if (pc === 'effect') checkStart(world, model, turn)
  return [set(done.world, SLOT.hook + i, { ...hook, pc })]
}

/** Nothing of the step runs any more, and whatever rests on it is cleaned up. */
function checkStart(world: World, model: Model, turn: Turn): void {
  const { i, beside = lateHookOf(world, i) } = turn
  const attempt = get<Attempt | null>(world, SLOT.attempt + i)
  const { name, order } = model.chain[i]!
  // A task whose execution has ended was asked to stop: whether it has is for a look of its author's to say.
  const works = attempt?.pc === 'run' && !(model.external && executionOf(world).status !== 'RUNNING')
  must(!works, 'I7', `the clean-up of ${name} starts beside its running attempt`)
  must(beside?.pc !== 'effect', 'I7', `two clean-ups of ${name} at once`)
  const job = jobOf(world)
  const ran = get<number>(world, SLOT.ran)
  model.chain.forEach((later, j) => {
    const step = stepOf(world, j)
    if (later.order <= order || !step) return
    const works = [hookOf(world, j), lateHookOf(world, j)].some((other) => other?.pc === 'effect')
    must(!works, 'I6', `the clean-up of ${name} starts beside that of ${later.name}`)
    const open = ((ran >> j) & 1) === 1 && hookFor(job, step) !== null
    must(!open, 'I6', `the clean-up of ${name} starts before that of ${later.name}`)
  })
}

function effect(world: World, { i, hook }: Turn): World[] {
  const failing = spend(world, 'hookFailure')
  const event = { type: 'give-back' as const, at: NOW, owner: ownerOf(i, hook.n), fault: null }
  const failed = failing
    ? [set(applyStep(failing, i, event).world, SLOT.hook + i, { ...hook, pc: 'failed' })]
    : []
  return [set(world, SLOT.hook + i, { ...hook, pc: 'cleaned' }), ...failed, ...crash(world, i)]
}

/**
 * The Lambda dies; Step Functions tries the hook again, which waits for the lease, or that was the last try. Or only
 * its answer is lost, and it works on beside a hook that is taken for failed.
 */
function crash(world: World, i: number): World[] {
  const next = spend(world, 'hookCrash')
  if (!next) return []
  const hook = hookOf(world, i)!
  return [
    set(next, SLOT.hook + i, { ...hook, pc: 'take', n: hook.n + 1 }),
    set(next, SLOT.hook + i, { ...hook, pc: 'failed' }),
    ...(lateHookOf(next, i) ? [] : [set(leaveHook(next, i), SLOT.hook + i, { ...hook, pc: 'failed' })]),
  ]
}

export function endLease(world: World, i: number): World {
  const row = get<{ item: object; log: string }>(world, SLOT.step + i)
  const item = { ...row.item, lease_until: EARLIER, dead_by: EARLIER }
  return set(world, SLOT.step + i, { ...row, item })
}

/**
 * That of a task which is not ours is its execution's, and ends with it: the fence does that. The lease of whoever is gone ends; that of a running attempt or hook is renewed by it, also once it was fenced.
 */
export function leaseMoves(world: World, model: Model, i: number): World[] {
  const step = stepOf(world, i)
  if (!step || !isLive(step, NOW)) return []
  const attempt = get<Attempt | null>(world, SLOT.attempt + i)
  if (model.external && !step.owner?.startsWith('hook'))
    return model.mutation === 'lease-of-the-claim' ? [endLease(world, i)] : []
  const here = attempt !== null && !['claim', 'frozen'].includes(attempt.pc)
  const fenced = step.fenced || step.state === 'CANCELLING'
  const renews = model.mutation !== 'no-heartbeat-while-fenced' || !fenced
  const running = here && renews && step.owner === `${i}/${attempt.n}`
  const cleaning = [hookOf(world, i), lateHookOf(world, i)].some(
    (hook) => hook && ['effect', 'cleaned'].includes(hook.pc) && step.owner === ownerOf(i, hook.n),
  )
  return running || cleaning ? [] : [endLease(world, i)]
}
