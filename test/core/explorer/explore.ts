import type { Job } from '#core/job/job.ts'
import { nextJob } from '#core/job/reducer.ts'
import { attemptMoves } from './attempt.ts'
import { startExecution } from './execution.ts'
import { hookMoves, leaseMoves } from './hook.ts'
import { intern, valued } from './intern.ts'
import { type Budget, createdBy, type Model, SLOT, SLOTS, set, type World } from './model.ts'
import { abortMoves, commitMoves, operatorMoves, starterMoves } from './requests.ts'
import { checkRest } from './rest.ts'
import { lateTaskMoves, standDownMoves } from './stand-down.ts'
import { eventMoves, sweeperMoves, sweepOnce } from './sweeper.ts'
import { Violation } from './violation.ts'

export type Explored = {
  states: number
  resting: number
  queue: number
  violation: Violation | null
  trace: string[]
}

const NOTHING: Budget = {
  graceful: 0,
  force: 0,
  consoleStop: 0,
  crash: 0,
  failure: 0,
  lostEvent: 0,
  sweep: 0,
  kill: 0,
  hookFailure: 0,
  hookCrash: 0,
  redrive: 0,
  freeze: 0,
  outOfTime: 0,
  due: 0,
  again: 0,
  handOver: 0,
}

function firstWorld(model: Model): World {
  const { item } = nextJob(undefined, createdBy('someone'))
  let world: World = Array.from({ length: SLOTS }, () => intern(null))
  world = set(world, SLOT.job, {
    item: model.adopted ? undefined : { ...(item as Job), version: 1 },
    log: '',
  })
  for (let i = 0; i < SLOT.execution - SLOT.step; i += 1) world = set(world, SLOT.step + i, { log: '' })
  world = set(world, SLOT.execution, { status: 'none', at: '' })
  world = set(world, SLOT.starter, { pc: 'start', job: 0 })
  world = set(world, SLOT.ran, 0)
  world = set(world, SLOT.budget, { ...NOTHING, ...model.budget })
  return model.started || model.adopted ? set(startExecution(world, model), SLOT.starter, null) : world
}

function moves(world: World, model: Model): World[] {
  const each = model.chain.flatMap((_step, i) => [
    ...attemptMoves(world, model, i),
    ...hookMoves(world, model, i),
    ...leaseMoves(world, model, i),
  ])
  return [
    ...each,
    ...starterMoves(world, model),
    ...abortMoves(world, model, 'graceful'),
    ...abortMoves(world, model, 'force'),
    ...commitMoves(world, model),
    ...eventMoves(world, model),
    ...standDownMoves(world, model),
    ...lateTaskMoves(world, model),
    ...operatorMoves(world, model),
  ]
}

const keyOf = (world: World): string => String.fromCharCode(...world.flatMap((n) => [n & 0xffff, n >> 16]))

/** Breadth first through every state that the processes can bring about, until the queue is empty. */
export function explore(model: Model): Explored {
  const first = firstWorld(model)
  const queue: World[] = [first]
  const parents = new Int32Array(8_000_000)
  const seen = new Set([keyOf(first)])
  let resting = 0
  for (let head = 0; head < queue.length; head += 1) {
    const world = queue[head]!
    try {
      const own = moves(world, model)
      const next = own.length > 0 ? [...own, ...sweeperMoves(world, model)] : rest(world, model)
      if (next.length === 0) resting += 1
      for (const reached of next) {
        const key = keyOf(reached)
        if (seen.has(key)) continue
        seen.add(key)
        parents[queue.length] = head
        queue.push(reached)
      }
    } catch (violation) {
      if (!(violation instanceof Violation)) throw violation
      const trace = traceOf(queue, parents, head)
      return { states: queue.length, resting, queue: queue.length - head, violation, trace }
    }
  }
  return { states: queue.length, resting, queue: 0, violation: null, trace: [] }
}

/** Nothing moves by itself: the sweeper comes, for as long as that changes anything. */
function rest(world: World, model: Model): World[] {
  const going = sweeperMoves(world, model)
  const sweeping = [SLOT.sweeper, SLOT.sweeper2].some((slot) => world[slot] !== intern(null))
  if (sweeping) return going
  const swept = sweepOnce(world, model)
  if (keyOf(swept) !== keyOf(world)) return [swept]
  checkRest(world, model)
  return []
}

/** What changed from state to state on the way to the violation. */
function traceOf(queue: World[], parents: Int32Array, last: number): string[] {
  const lines: string[] = []
  for (let at = last; at > 0; at = parents[at]!) {
    const [before, after] = [queue[parents[at]!]!, queue[at]!]
    const changed = after.flatMap((number, slot) =>
      number === before[slot] ? [] : [`${nameOf(slot)} ${short(valued(number))}`],
    )
    lines.unshift(changed.join('; '))
  }
  return lines
}

const nameOf = (slot: number): string => {
  const [name, first] = Object.entries(SLOT).findLast(([, start]) => start <= slot)!
  return slot === first ? name : `${name}+${slot - first}`
}

function short(value: unknown): string {
  const item = (value as { item?: { state: string; owner?: string; attempt_ended?: boolean } } | null)?.item
  if (!item) return JSON.stringify(value)
  return [item.state, item.owner, item.attempt_ended ? 'ended' : ''].filter(Boolean).join(' ')
}
