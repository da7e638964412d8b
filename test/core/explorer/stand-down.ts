import { nextHooks } from '#core/clean-up/order.ts'
import { isToBeFenced, runningSteps } from '#core/clean-up/unfinished.ts'
import { isCleaningUp } from '#core/job/job.ts'
import { executionFault } from '#core/job/reducer.ts'
import { isTerminal } from '#core/states.ts'
import type { Step } from '#core/step/step.ts'
import { applyJob, applyStep } from './apply.ts'
import { endLease, FAULT, hookOf, leaveHooks, startHook } from './hook.ts'
import { get, jobOf, type Model, NOW, SLOT, set, spend, stepOf, stepsOf, type World } from './model.ts'
import { end, endAgain, lookLast, settle, skip } from './stand-down-settle.ts'
import {
  callOf,
  go,
  indexes,
  nameOf,
  OVER,
  ownView,
  type StandDown,
  standDownOf,
  startStandDown,
  type Turn,
} from './stand-down-start.ts'
import { jobNumbered, stopExecution } from './stop.ts'

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
  'hand over': handOver,
  'start next': startNext,
  'end again': endAgain,
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
  // A claim that came after the look is not among those that it found; one of a task that is not ours has no lease to end.
  const found = stepsOf(turn.world, turn.model).filter(
    ({ external, state }) => !external || state !== 'ONGOING',
  )
  const waits = runningSteps(found, NOW).length > 0
  if (waits && turn.model.mutation !== 'no-wait-for-leases') return []
  return [planned(turn, turn.world)]
}

const planned = (turn: Turn, world: World): World =>
  turn.model.mutation === 'clean-up-without-fencing'
    ? go(turn, { pc: 'plan', todo: [], seen: claimed(turn), job: world[SLOT.job]! }, world)
    : go(turn, { pc: 'read', todo: [] }, world)

/** The hooks of one round start at once. */
function plan(turn: Turn): World[] {
  const { world, model, standDown } = turn
  const steps = standDown.seen.map((i) => stepOf(world, i)!)
  const job = ownView(jobNumbered(standDown.job), standDown)
  const forgets = model.mutation === 'run-forgets-what-it-tried' && isCleaningUp(job)
  const calls = nextHooks(job, forgets ? steps.map(triedByNobody) : steps, 40)
  const todo = calls.map((call) => model.chain.findIndex((step) => step.name === call.step.name))
  const planned = go(turn, { pc: todo.length > 0 ? 'hooks' : 'settle', todo, seen: [], job: 0 }, world)
  if (todo.length === 0) return [planned]
  const over = standDown.full ? world : spend(world, 'handOver')
  const handing = over ? [go(turn, { pc: 'hand over', full: true, seen: [] }, over)] : []
  return standDown.full ? handing : [planned, ...handing]
}

const triedByNobody = ({ clean_up, ...step }: Step): Step => {
  if (!clean_up) return { ...step, clean_up }
  const { run, ...rest } = clean_up
  return { ...step, clean_up: rest }
}

/** engine/stand-down/next-hooks.ts: the job is the one that the task has read. */
function handOver(turn: Turn): World[] {
  const { world, model, standDown } = turn
  const job = ownView(jobNumbered(standDown.job), standDown)
  if (isTerminal(job.state) && !isCleaningUp(job)) return [go(turn, OVER, world)]
  const anew = model.mutation === 'hand-over-of-any-generation'
  const isCurrent = anew || nameOf(job) === standDown.generation
  const generation = job.generation + (isCurrent ? 1 : 0)
  const run = isCleaningUp(job) && job.clean_up ? { run: job.clean_up.run } : {}
  const done = applyJob(world, { type: 'restart', at: NOW, generation, ...run })
  if (done.kind === 'refused') return [go(turn, OVER, done.world)]
  return [go(turn, { pc: 'start next', job: done.row }, done.world)]
}

/** Its own execution then ends, unless the answer of this task is lost and it is tried again. */
function startNext(turn: Turn): World[] {
  const { world, standDown } = turn
  const job = jobNumbered(standDown.job)
  const ended = go(turn, OVER, world)
  const next = startStandDown(ended, nameOf(job))
  const lost = turn.slot === SLOT.lateTask ? undefined : spend(next, 'kill')
  return lost ? [next, set(lost, SLOT.lateTask, { ...standDown, pc: 'read', todo: [] })] : [next]
}

const free = (world: World, i: number): boolean => [undefined, 'failed'].includes(hookOf(world, i)?.pc)

function hooks(turn: Turn): World[] {
  const { world, standDown } = turn
  const open = standDown.todo.filter((i) => !standDown.started.includes(i))
  const ready = open.find((i) => free(world, i))
  if (ready !== undefined) {
    const started = [...standDown.started, ready].sort()
    return [
      go(
        turn,
        { started },
        startHook(world, turn.model, {
          i: ready,
          call: callOf(standDown),
          job: ownView(jobOf(world), standDown),
        }),
      ),
    ]
  }
  const over = standDown.todo.every((i) => free(world, i))
  return open.length === 0 && over ? [go(turn, { pc: 'record', started: [] }, world)] : []
}

function record(turn: Turn): World[] {
  const { world, model, standDown } = turn
  const i = standDown.todo.find((failed) => hookOf(world, failed)?.pc === 'failed')
  if (i === undefined) return [planned(turn, world)]
  const { hook, call, run } = hookOf(world, i)!
  const repetition = run === undefined ? {} : { run }
  const { abort_request } = jobOf(world)
  const event = {
    type: 'clean-up-failed' as const,
    at: NOW,
    hook,
    call,
    ...repetition,
    fault: FAULT,
    abort_request,
  }
  const early = model.mutation === 'failure-recorded-under-a-lease'
  const done = applyStep(early ? endLease(world, i) : world, i, event)
  // The hook's last try died: as long as its lease lives, this task is tried again.
  if (done.kind === 'refused' && done.reason === 'busy') return []
  return [set(done.world, SLOT.hook + i, null)]
}
