import { endedWithoutSuccess, whenToStopRunning } from '#core/abort/stop.ts'
import { leftBehind } from '#core/clean-up/left-behind.ts'
import { needsTidying } from '#core/clean-up/unfinished.ts'
import { isCleaningUp, type Job } from '#core/job/job.ts'
import { sweepAction } from '#core/job/sweep-action.ts'
import { isTerminal } from '#core/states.ts'
import { applyJob } from './apply.ts'
import { endOf, executionOf, type Process } from './execution.ts'
import {
  adoptedJob,
  clockOf,
  get,
  jobOf,
  type Model,
  type Mutation,
  NOW,
  SLOT,
  set,
  spend,
  stepsOf,
  type World,
} from './model.ts'
import { nameOf, standDownOf, startStandDown, startTidying } from './stand-down-start.ts'
import { FIRST_CALL, mayStop, stopExecution } from './stop.ts'
import { must } from './violation.ts'

type Turn = { world: World; model: Model; slot: number; process: Process }
const to = ({ slot }: Turn, world: World, next: Process | null): World => set(world, slot, next)

/** engine/sweep.ts and engine/sweep/job.ts for one job; the status event only starts the stand-down. */
const CALLS: Record<string, (turn: Turn) => World> = {
  look(turn) {
    const { world } = turn
    const job = adoptedJob(world)
    if (!job) return to(turn, world, null)
    const pc = turn.slot === SLOT.event ? 'begin' : 'list'
    if (pc === 'begin') return to(turn, world, isTerminal(job.state) ? null : { pc, job: job.generation })
    const atWork = (job.state === 'PENDING' || job.state === 'ONGOING') && !job.closed
    const runs = executionOf(world).status === 'RUNNING'
    return to(turn, world, atWork && runs ? null : { pc, job: 0, runs })
  },
  begin: (turn) => startStandDown(to(turn, turn.world, null), turn.process.job),
  list(turn) {
    const standDown = standDownOf(turn.world)
    const standing = standDown?.running ? standDown.generation : null
    return to(turn, turn.world, { ...turn.process, pc: 'get', standing })
  },
  get(turn) {
    const { world, process } = turn
    const job = jobOf(world)
    const { runs, standing } = process
    if (isTerminal(job.state)) return ended(turn, job)
    if (runs) return to(turn, world, { pc: 'still', job: 0 })
    if (standing === job.generation) return to(turn, world, null)
    return to(turn, world, { pc: job.closed ? 'ensure' : 'describe', job: job.generation })
  },
  describe(turn) {
    const { world, process } = turn
    const action = sweepAction(jobOf(world), described(world), NOW)
    must(action !== 'start', 'I2', 'the start was lost')
    if (action === 'wait') return to(turn, world, null)
    return to(turn, world, { ...process, pc: action === 'abort' ? 'still' : 'ensure' })
  },
  still(turn) {
    const at = clockOf(turn.world, turn.model)
    const keeps = turn.model.mutation !== 'deadline-not-kept'
    const { world } = keeps ? applyJob(turn.world, { type: 'escalate', at }) : turn
    const pc = FIRST_CALL[whenToStopRunning(jobOf(world))]
    return to(turn, world, pc && { pc, job: world[SLOT.job]! })
  },
  query(turn) {
    return to(turn, turn.world, mayStop(turn.world, turn.model) ? { pc: 'stop', job: 0 } : null)
  },
  stop: (turn) => stopExecution(to(turn, turn.world, null)).world,
  ensure(turn) {
    const generation = turn.process.job
    const taken = (standDownOf(turn.world)?.generation ?? -1) >= generation
    if (!taken) return startStandDown(to(turn, turn.world, null), generation)
    return to(turn, turn.world, { ...turn.process, pc: 'look at it' })
  },
  'look at it'(turn) {
    const generation = turn.process.job
    const known = standDownOf(turn.world)!
    const ended = known.generation > generation || !known.running
    return to(turn, turn.world, ended ? { ...turn.process, pc: 'restart' } : null)
  },
  restart(turn) {
    const anew = turn.model.mutation === 'restart-of-any-generation'
    const generation = (anew ? jobOf(turn.world).generation : turn.process.job) + 1
    const done = applyJob(turn.world, { type: 'restart', at: NOW, generation })
    if (done.kind === 'refused') return to(turn, done.world, null)
    return to(turn, done.world, { pc: 'again', job: jobOf(done.world).generation })
  },
  again: (turn) => startStandDown(to(turn, turn.world, null), turn.process.job),
}

/** Faults that a tidying would mend: what they leave open is to be seen. */
const UNTIDIED: Mutation[] = ['nobody-tidies', 'settle-without-a-last-look', 'declined-claim-left-open']

/** A job that has ended: its clean-up may be repeated, its execution redriven, a step of it left open. */
function ended(turn: Turn, job: Job): World {
  const { world, model, process } = turn
  if (isCleaningUp(job)) return bringOn(turn, job)
  if (process.runs && endedWithoutSuccess(job)) return to(turn, world, STOP)
  const tidies = !UNTIDIED.includes(model.mutation) && needsTidying(job, stepsOf(world, model))
  const over = to(turn, world, null)
  return tidies ? startTidying(over) : over
}

/** engine/sweep/clean-up.ts */
function bringOn(turn: Turn, job: Job): World {
  const { world, model, process } = turn
  const over = to(turn, world, null)
  const standDown = standDownOf(world)!
  if (process.standing === nameOf(job)) return over
  if (standDown.generation < nameOf(job)) return startStandDown(over, nameOf(job))
  if (standDown.running || model.mutation === 'nobody-ends-a-dead-clean-up') return over
  const left_behind = leftBehind(stepsOf(world, model))
  return applyJob(over, { type: 'clean-up-ended', at: NOW, run: job.clean_up!.run, left_behind }).world
}

const STOP: Process = { pc: 'stop', job: 0 }

/** The execution as Step Functions describes it. */
function described(world: World): Parameters<typeof sweepAction>[1] {
  const execution = executionOf(world)
  if (execution.status === 'none') return undefined
  return { end: execution.status === 'RUNNING' ? null : endOf(execution) }
}

/** A status event, delivered or lost, and what it sets going. */
export function eventMoves(world: World, model: Model): World[] {
  const process = get<Process | null>(world, SLOT.event)
  if (!process) return []
  if (process.pc !== 'pending') return [CALLS[process.pc]!({ world, model, slot: SLOT.event, process })]
  const lost = spend(world, 'lostEvent')
  const delivered = set(world, SLOT.event, { pc: 'look', job: 0 })
  return lost ? [delivered, set(lost, SLOT.event, null)] : [delivered]
}

export function sweeperMoves(world: World, model: Model): World[] {
  const going = [SLOT.sweeper, SLOT.sweeper2].flatMap((slot) => {
    const process = get<Process | null>(world, slot)
    return process ? [CALLS[process.pc]!({ world, model, slot, process })] : []
  })
  const next = spend(world, 'sweep')
  const free = [SLOT.sweeper, SLOT.sweeper2].find((slot) => get(world, slot) === null)
  return next && free ? [...going, set(next, free, { pc: 'look', job: 0 })] : going
}

/** One whole pass of the sweeper over a world in which nothing else moves. */
export function sweepOnce(world: World, model: Model): World {
  let next = set(world, SLOT.sweeper, { pc: 'look', job: 0 })
  for (let process = get<Process | null>(next, SLOT.sweeper); process; ) {
    next = CALLS[process.pc]!({ world: next, model, slot: SLOT.sweeper, process })
    process = get<Process | null>(next, SLOT.sweeper)
  }
  return next
}
