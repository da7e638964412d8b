import { outcomeOf } from '#core/clean-up/left-behind.ts'
import { nextHooks } from '#core/clean-up/order.ts'
import { isToBeFenced, neverClaimed, runningSteps, skipsUnclaimed } from '#core/clean-up/unfinished.ts'
import type { ExecutionEnd } from '#core/job/job.ts'
import { executionFault, type Outcome } from '#core/job/reducer.ts'
import type { Template } from '#core/template.ts'
import { applyJob, applyStep } from './apply.ts'
import { endOf, executionOf } from './execution.ts'
import { endLease, FAULT, hookOf, leaveHooks, startHook } from './hook.ts'
import {
  EARLIER,
  get,
  jobOf,
  type Model,
  NOW,
  newStep,
  SLOT,
  set,
  spend,
  stepOf,
  stepsOf,
  type World,
} from './model.ts'
import { jobNumbered, stopExecution } from './stop.ts'
import { must } from './violation.ts'

/** `todo` are the indexes of steps still to be fenced, cleaned up or skipped by this part of the workflow. */
export type StandDown = {
  generation: number
  running: boolean
  pc: string
  end: ExecutionEnd | null
  todo: number[]
  started: number[]
  /** The steps that the last query found. */
  seen: number[]
  /** The job as the task that is under way has read it. */
  job: number
  outcome: Outcome | null
}

export const standDownOf = (world: World): StandDown | null => get<StandDown | null>(world, SLOT.standDown)

/** StartExecution under a name of job and generation: a second start finds the name taken. */
export function startStandDown(world: World, generation: number): World {
  const known = standDownOf(world)
  if (known && known.generation >= generation) return world
  must(!known?.running, 'I7', 'two stand-downs at once')
  const end = endOf(executionOf(world))
  const fresh = {
    generation,
    running: true,
    pc: 'close',
    end,
    todo: [],
    started: [],
    seen: [],
    job: 0,
    outcome: null,
  }
  return set(world, SLOT.standDown, fresh)
}

const OVER = {
  running: false,
  pc: 'over',
  end: null,
  todo: [],
  started: [],
  seen: [],
  job: 0,
  outcome: null,
}

/** The stand-down makes its next call. */
type Turn = { world: World; model: Model; standDown: StandDown; slot?: number }
const go = ({ standDown, slot = SLOT.standDown }: Turn, change: Partial<StandDown>, world: World): World =>
  set(world, slot, { ...standDown, ...change })

/** engine/stand-down/ (drain, next-hooks, settle) and the state machine around them, one call at a time. */
const CALLS: Record<string, (turn: Turn) => World[]> = {
  close: close,
  look: (turn) => [go(turn, { pc: 'fence', todo: running(turn) }, turn.world)],
  fence: (turn) => [fenceOne(turn, 'wait')],
  wait,
  read: (turn) => [go(turn, { pc: 'look again', job: turn.world[SLOT.job]! }, turn.world)],
  'look again': (turn) => [
    go(turn, { pc: 'fence again', todo: running(turn), seen: claimed(turn) }, turn.world),
  ],
  'fence again': (turn) => [fenceOne(turn, 'plan')],
  plan,
  hooks,
  record,
  settle,
  stop: (turn) => [go(turn, { pc: 'skip' }, stopExecution(turn.world).world)],
  skip,
  'look last': lookLast,
  end,
}

export function standDownMoves(world: World, model: Model): World[] {
  const standDown = standDownOf(world)
  if (!standDown?.running) return []
  const killed = spend(world, 'kill')
  const kill = killed ? stopIt({ world: killed, model, standDown }) : []
  return [...CALLS[standDown.pc]!({ world, model, standDown }), ...kill]
}

/** Places where no Lambda of it is under way. */
const BETWEEN_TASKS = ['wait', 'hooks', 'over']

/** The execution is stopped; the Lambda of its task dies by chance, or goes on to its end, as do the hooks. */
function stopIt(turn: Turn): World[] {
  const { world, model, standDown } = turn
  const dead = leaveHooks(go(turn, OVER, world), model)
  if (BETWEEN_TASKS.includes(standDown.pc)) return [dead]
  return [dead, set(dead, SLOT.lateTask, standDown)]
}

/** What such a task answers goes nowhere. */
export function lateTaskMoves(world: World, model: Model): World[] {
  const standDown = get<StandDown | null>(world, SLOT.lateTask)
  if (!standDown) return []
  const moves = CALLS[standDown.pc]!({ world, model, standDown, slot: SLOT.lateTask })
  return moves.map((next) => {
    const { pc } = get<StandDown>(next, SLOT.lateTask)
    const over = BETWEEN_TASKS.includes(pc) || (standDown.pc === 'plan' && pc === 'settle')
    return over ? set(next, SLOT.lateTask, null) : next
  })
}

const indexes = ({ model }: Turn, holds: (i: number) => boolean): number[] =>
  model.chain.map((_step, i) => i).filter(holds)

const running = (turn: Turn): number[] =>
  indexes(turn, (i) => {
    const step = stepOf(turn.world, i)
    return step !== undefined && isToBeFenced(step)
  })

function close(turn: Turn): World[] {
  const done = applyJob(turn.world, { type: 'close', at: NOW, end: turn.standDown.end! })
  return [go(turn, { pc: 'look', end: null, job: done.row }, done.world)]
}

const claimed = (turn: Turn): number[] => indexes(turn, (i) => stepOf(turn.world, i) !== undefined)

function fenceOne(turn: Turn, then: string): World {
  const [i, ...todo] = turn.standDown.todo
  if (i === undefined) {
    return go(turn, { pc: then, job: then === 'plan' ? turn.standDown.job : 0 }, turn.world)
  }
  const { epoch, abort_request, closed } = jobNumbered(turn.standDown.job)
  const fault = closed && executionFault(closed.end)
  const { world } = applyStep(turn.world, i, { type: 'fence', at: NOW, epoch, abort_request, fault })
  return go(turn, { todo }, world)
}

function wait(turn: Turn): World[] {
  const waits = runningSteps(stepsOf(turn.world, turn.model), NOW).length > 0
  if (waits && turn.model.mutation !== 'no-wait-for-leases') return []
  return [planned(turn, turn.world)]
}

const planned = (turn: Turn, world: World): World =>
  turn.model.mutation === 'clean-up-without-fencing'
    ? go(turn, { pc: 'plan', todo: [], seen: claimed(turn), job: world[SLOT.job]! }, world)
    : go(turn, { pc: 'read', todo: [] }, world)

/** The name of the stand-down, as engine/stand-down/start.ts gives it. */
const callOf = ({ generation }: StandDown): string => `j-${generation}`

/** The hooks of one round start at once. */
function plan(turn: Turn): World[] {
  const { world, model, standDown } = turn
  const steps = standDown.seen.map((i) => stepOf(world, i)!)
  const calls = nextHooks(jobNumbered(standDown.job), steps, 40)
  const todo = calls.map((call) => model.chain.findIndex((step) => step.name === call.step.name))
  return [go(turn, { pc: todo.length > 0 ? 'hooks' : 'settle', todo, seen: [], job: 0 }, world)]
}

const free = (world: World, i: number): boolean => [undefined, 'failed'].includes(hookOf(world, i)?.pc)

function hooks(turn: Turn): World[] {
  const { world, standDown } = turn
  const open = standDown.todo.filter((i) => !standDown.started.includes(i))
  const ready = open.find((i) => free(world, i))
  if (ready !== undefined) {
    const started = [...standDown.started, ready].sort()
    return [go(turn, { started }, startHook(world, ready, callOf(standDown)))]
  }
  const over = standDown.todo.every((i) => free(world, i))
  return open.length === 0 && over ? [go(turn, { pc: 'record', started: [] }, world)] : []
}

function record(turn: Turn): World[] {
  const { world, model, standDown } = turn
  const i = standDown.todo.find((failed) => hookOf(world, failed)?.pc === 'failed')
  if (i === undefined) return [planned(turn, world)]
  const { hook, call } = hookOf(world, i)!
  const { abort_request } = jobOf(world)
  const event = { type: 'clean-up-failed' as const, at: NOW, hook, call, fault: FAULT, abort_request }
  const early = model.mutation === 'failure-recorded-under-a-lease'
  const done = applyStep(early ? endLease(world, i) : world, i, event)
  // The hook's last try died: as long as its lease lives, this task is tried again.
  if (done.kind === 'refused' && done.reason === 'busy') return []
  return [set(done.world, SLOT.hook + i, null)]
}

const templateOf = ({ model }: Turn): Template =>
  ({
    name: 't',
    steps: model.chain.map((step) => ({ ...step, abortable: 'checkpoint' })),
  }) as unknown as Template

function settle(turn: Turn): World[] {
  const { world, model } = turn
  const steps = stepsOf(world, model)
  const job = jobOf(world)
  if (nextHooks(job, steps, 1).length > 0) {
    return [go(turn, OVER, world)]
  }
  const unclaimed = skipsUnclaimed(job) ? neverClaimed(templateOf(turn), steps) : []
  const names = unclaimed.map((step) => step.name)
  const todo = indexes(turn, (i) => names.includes(model.chain[i]!.name))
  const late = job.closed?.end.status === 'NOT_STARTED'
  return [go(turn, { pc: late ? 'stop' : 'skip', todo, job: world[SLOT.job]!, outcome: null }, world)]
}

function skip(turn: Turn): World[] {
  const { world, model, standDown } = turn
  const [i, ...todo] = standDown.todo
  if (i === undefined) return [go(turn, { pc: 'look last' }, world)]
  const { abort_request } = jobNumbered(standDown.job)
  const done = applyStep(world, i, {
    type: 'skip',
    at: NOW,
    step: newStep(model, i),
    accepted: EARLIER,
    abort_request,
  })
  return [go(turn, { todo }, done.world)]
}

function lookLast(turn: Turn): World[] {
  const { world, model, standDown } = turn
  const steps = stepsOf(world, model)
  const job = jobNumbered(standDown.job)
  const looks = model.mutation !== 'settle-without-a-last-look'
  const left = nextHooks(job, steps, 1)
  if (looks && left.length > 0) return [go(turn, OVER, world)]
  return [go(turn, { pc: 'end', outcome: outcomeOf(job, steps) }, world)]
}

function end(turn: Turn): World[] {
  const { world, model, standDown } = turn
  const outcome = standDown.outcome!
  const done = applyJob(world, { type: 'settle', at: NOW, outcome })
  // A force came since the task began: it settles once more.
  if (done.kind === 'refused' && done.reason === 'aborted') {
    return [go(turn, { pc: 'settle', job: 0, outcome: null }, world)]
  }
  if (done.kind === 'refused') must(false, 'I2', `the job could not be settled: ${done.reason}`)
  const { left_behind } = outcomeOf(jobOf(world), stepsOf(world, model))
  const unchanged = left_behind.join() === outcome.left_behind.join()
  must(unchanged, 'case 32', 'what was left behind changed while the job settled')
  return [go(turn, OVER, done.world)]
}
