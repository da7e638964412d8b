import { isTerminal } from '#core/states.ts'
import { applyJob } from './apply.ts'
import { executionOf, type Small } from './execution.ts'
import { get, jobOf, type Model, NOW, SLOT, set, spend, type World } from './model.ts'
import { standDownOf, startStandDown } from './stand-down.ts'
import { beginStop, decideStop, heldJob, stopExecution } from './stop.ts'

type Here = { world: World; model: Model; slot: number; me: Small }
const to = ({ slot }: Here, world: World, me: Small | null): World => set(world, slot, me)

/** aws/sweep.ts for one job; the status event runs the same. */
const CALLS: Record<string, (here: Here) => World> = {
  look(here) {
    const { world } = here
    const { state } = jobOf(world)
    if (!isTerminal(state)) return to(here, world, { pc: 'describe', job: jobOf(world).generation })
    const revived = here.slot === SLOT.sweeper && state !== 'SUCCEEDED'
    return to(here, world, revived && executionOf(world).status === 'RUNNING' ? { pc: 'stop', job: 0 } : null)
  },
  describe(here) {
    const { world, me } = here
    const { status } = executionOf(world)
    if (status === 'RUNNING') return to(here, world, { ...me, pc: 'still' })
    // A start on its way is given time; nothing else leaves a job without an execution.
    const starting = status === 'none' && get(world, SLOT.starter) !== null
    return to(here, world, starting ? null : { ...me, pc: 'ensure' })
  },
  still(here) {
    const job = jobOf(here.world)
    const pc = job.closed ? 'stop' : beginStop(job)
    return to(here, here.world, pc === 'no' ? null : { pc, job: here.world[SLOT.job]! })
  },
  query(here) {
    const stop = decideStop(here.world, here.model, heldJob(here.me.job))
    return to(here, here.world, stop ? { pc: 'stop', job: 0 } : null)
  },
  stop: (here) => stopExecution(to(here, here.world, null)).world,
  ensure(here) {
    const generation = here.me.job
    const taken = (standDownOf(here.world)?.generation ?? -1) >= generation
    if (!taken) return startStandDown(to(here, here.world, null), generation)
    return to(here, here.world, { ...here.me, pc: 'look at it' })
  },
  'look at it'(here) {
    const generation = here.me.job
    const known = standDownOf(here.world)!
    const ended = known.generation > generation || !known.running
    return to(here, here.world, ended ? { ...here.me, pc: 'restart' } : null)
  },
  restart(here) {
    const generation = here.me.job + 1
    const done = applyJob(here.world, { type: 'restart', at: NOW, generation })
    if (done.kind === 'refused') return to(here, done.world, null)
    return to(here, done.world, { pc: 'again', job: jobOf(done.world).generation })
  },
  again: (here) => startStandDown(to(here, here.world, null), here.me.job),
}

/** A status event, delivered or lost, and what it sets going. */
export function eventMoves(world: World, model: Model): World[] {
  const me = get<Small | null>(world, SLOT.event)
  if (!me) return []
  if (me.pc !== 'pending') return [CALLS[me.pc]!({ world, model, slot: SLOT.event, me })]
  const lost = spend(world, 'lostEvent')
  const delivered = set(world, SLOT.event, { pc: 'look', job: 0 })
  return lost ? [delivered, set(lost, SLOT.event, null)] : [delivered]
}

export function sweeperMoves(world: World, model: Model): World[] {
  const me = get<Small | null>(world, SLOT.sweeper)
  if (me) return [CALLS[me.pc]!({ world, model, slot: SLOT.sweeper, me })]
  const next = spend(world, 'sweep')
  return next ? [set(next, SLOT.sweeper, { pc: 'look', job: 0 })] : []
}

/** One whole pass of the sweeper over a world in which nothing else moves. */
export function sweepOnce(world: World, model: Model): World {
  let next = set(world, SLOT.sweeper, { pc: 'look', job: 0 })
  while (get(next, SLOT.sweeper) !== null) next = sweeperMoves(next, model)[0]!
  return next
}
