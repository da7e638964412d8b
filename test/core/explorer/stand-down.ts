import { leftBehind } from '#core/clean-up/left-behind.ts'
import { nextHooks } from '#core/clean-up/order.ts'
import { neverClaimed, runningSteps } from '#core/clean-up/unfinished.ts'
import type { ExecutionEnd } from '#core/job/job.ts'
import type { Template } from '#core/template.ts'
import { applyJob, applyStep } from './apply.ts'
import { endOf, executionOf } from './execution.ts'
import { FAULT, hookOf, startHook } from './hook.ts'
import {
  get,
  JOB_ID,
  jobOf,
  type Model,
  NOW,
  SLOT,
  set,
  spend,
  stepOf,
  stepsOf,
  type World,
} from './model.ts'
import { heldJob, stopExecution } from './stop.ts'
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
  job: number
  fault: boolean
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
    fault: false,
  }
  return set(world, SLOT.standDown, fresh)
}

const OVER = { running: false, pc: 'over', end: null, todo: [], started: [], seen: [], job: 0, fault: false }

type Here = { world: World; model: Model; me: StandDown }
const go = ({ me }: Here, change: Partial<StandDown>, world: World): World =>
  set(world, SLOT.standDown, { ...me, ...change })

/** aws/drain.ts, aws/clean-up.ts and the state machine around them, one call at a time. */
const CALLS: Record<string, (here: Here) => World[]> = {
  close: close,
  look: (here) => [go(here, { pc: 'fence', todo: ongoing(here) }, here.world)],
  fence: (here) => [fenceOne(here, 'wait')],
  wait,
  'look again': (here) => [
    go(here, { pc: 'fence again', todo: ongoing(here), seen: claimed(here) }, here.world),
  ],
  'fence again': (here) => [fenceOne(here, 'plan')],
  plan,
  hooks,
  record,
  settle,
  stop: (here) => [go(here, { pc: 'skip' }, stopExecution(here.world).world)],
  skip,
  'look last': lookLast,
  end,
}

export function standDownMoves(world: World, model: Model): World[] {
  const me = standDownOf(world)
  if (!me?.running) return []
  const killed = spend(world, 'kill')
  const kill = killed ? [go({ world, model, me }, OVER, killed)] : []
  return [...CALLS[me.pc]!({ world, model, me }), ...kill]
}

const indexes = ({ model }: Here, holds: (i: number) => boolean): number[] =>
  model.chain.map((_step, i) => i).filter(holds)

const ongoing = (here: Here): number[] => indexes(here, (i) => stepOf(here.world, i)?.state === 'ONGOING')

function close(here: Here): World[] {
  const done = applyJob(here.world, { type: 'close', at: NOW, end: here.me.end! })
  return [go(here, { pc: 'look', end: null }, done.world)]
}

const claimed = (here: Here): number[] => indexes(here, (i) => stepOf(here.world, i) !== undefined)

function fenceOne(here: Here, then: string): World {
  const [i, ...todo] = here.me.todo
  if (i === undefined)
    return go(here, { pc: then, job: then === 'plan' ? here.world[SLOT.job]! : 0 }, here.world)
  const { epoch, abort_request } = jobOf(here.world)
  const { world } = applyStep(here.world, i, { type: 'fence', at: NOW, epoch, abort_request })
  return go(here, { todo }, world)
}

function wait(here: Here): World[] {
  const waits = runningSteps(stepsOf(here.world, here.model), NOW).length > 0
  if (waits && here.model.mutation !== 'no-wait-for-leases') return []
  return [planned(here, here.world)]
}

const planned = (here: Here, world: World): World =>
  here.model.mutation === 'clean-up-without-fencing'
    ? go(here, { pc: 'plan', todo: [], seen: claimed(here), job: world[SLOT.job]! }, world)
    : go(here, { pc: 'look again', todo: [] }, world)

/** The hooks of one round start at once. */
function plan(here: Here): World[] {
  const { world, model, me } = here
  const steps = me.seen.map((i) => stepOf(world, i)!)
  const calls = nextHooks(heldJob(me.job), steps, 40)
  const todo = calls.map((call) => model.chain.findIndex((step) => step.name === call.step.name))
  return [go(here, { pc: todo.length > 0 ? 'hooks' : 'settle', todo, seen: [], job: 0 }, world)]
}

const free = (world: World, i: number): boolean => [undefined, 'failed'].includes(hookOf(world, i)?.pc)

function hooks(here: Here): World[] {
  const { world, model, me } = here
  const open = me.todo.filter((i) => !me.started.includes(i))
  const ready = open.find((i) => free(world, i))
  if (ready !== undefined) {
    const started = [...me.started, ready].sort()
    return [go(here, { started }, startHook(world, model, ready))]
  }
  const over = me.todo.every((i) => free(world, i))
  return open.length === 0 && over ? [go(here, { pc: 'record', started: [] }, world)] : []
}

function record(here: Here): World[] {
  const { world, me } = here
  const i = me.todo.find((one) => hookOf(world, one)?.pc === 'failed')
  if (i === undefined) return [planned(here, world)]
  const { abort_request } = jobOf(world)
  const done = applyStep(world, i, { type: 'clean-up-failed', at: NOW, fault: FAULT, abort_request })
  return [set(done.world, SLOT.hook + i, null)]
}

const templateOf = ({ model }: Here): Template =>
  ({
    name: 't',
    steps: model.chain.map((step) => ({ ...step, abortable: 'checkpoint' })),
  }) as unknown as Template

function settle(here: Here): World[] {
  const { world, model } = here
  const steps = stepsOf(world, model)
  const job = jobOf(world)
  if (nextHooks(job, steps, 1).length > 0) return [go(here, OVER, world)]
  const names = job.state === 'CANCELLING' ? neverClaimed(templateOf(here), steps).map((s) => s.name) : []
  const todo = indexes(here, (i) => names.includes(model.chain[i]!.name))
  return [go(here, { pc: 'stop', todo, job: world[SLOT.job]! }, world)]
}

function skip(here: Here): World[] {
  const { world, model, me } = here
  const [i, ...todo] = me.todo
  if (i === undefined) return [go(here, { pc: 'look last' }, world)]
  const { name, order } = model.chain[i]!
  const key = { job_execution_id: JOB_ID, name, order, index: null, visit: null }
  const step = { ...key, template: 't', abortable: 'checkpoint' as const }
  const { abort_request } = heldJob(me.job)
  const done = applyStep(world, i, { type: 'skip', at: NOW, step, abort_request })
  return [go(here, { todo }, done.world)]
}

function lookLast(here: Here): World[] {
  const { world, model, me } = here
  const steps = stepsOf(world, model)
  const looks = model.mutation !== 'settle-without-a-last-look'
  if (looks && nextHooks(heldJob(me.job), steps, 1).length > 0) return [go(here, OVER, world)]
  return [go(here, { pc: 'end', fault: leftBehind(heldJob(me.job), steps).fault !== null }, world)]
}

function end(here: Here): World[] {
  const { world, model, me } = here
  const told = leftBehind(jobOf(world), stepsOf(world, model))
  must((told.fault !== null) === me.fault, 'case 32', 'what was left behind changed while the job settled')
  const done = applyJob(world, { type: 'settle', at: NOW, ...told })
  must(done.kind !== 'refused', 'I2', `the job could not be settled: ${done.reason}`)
  return [go(here, OVER, done.world)]
}
