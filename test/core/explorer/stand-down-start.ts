import { type ExecutionEnd, isCleaningUp, type Job } from '#core/job/job.ts'
import type { Outcome } from '#core/job/reducer.ts'
import { endOf, executionOf } from './execution.ts'
import { get, type Model, SLOT, set, type World } from './model.ts'
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
  /** Its history has no room for another round. */
  full?: true
}

export const standDownOf = (world: World): StandDown | null => get<StandDown | null>(world, SLOT.standDown)

/** The number by which the stand-down of a job is named: repeated clean-ups come after all that was before. */
export const nameOf = (job: Job): number =>
  isCleaningUp(job) && job.clean_up ? 100 * job.clean_up.run + job.generation : job.generation

const isRepeated = (name: number): boolean => name >= 100

/** engine/stand-down/start.ts: a repeated clean-up is its own stand-down's alone. */
export const ownView = (job: Job, { generation }: StandDown): Job =>
  isCleaningUp(job) && nameOf(job) !== generation ? { ...job, clean_up: null } : job

/** StartExecution under a name of job and generation: a second start finds the name taken. */
export function startStandDown(world: World, generation: number): World {
  const known = standDownOf(world)
  if (known && known.generation >= generation) return world
  // One that hands over does no more than end; and what belongs to a repeated clean-up no other touches.
  const isOver =
    known?.pc === 'start next' || (known && isRepeated(generation) && !isRepeated(known.generation))
  must(!known?.running || isOver === true, 'I7', 'two stand-downs at once')
  const end = endOf(executionOf(world))
  return set(world, SLOT.standDown, { ...OVER, generation, running: true, pc: 'close', end })
}

/** The sweeper's, of a job that has ended: each has a name of its own, and none begins while one runs. */
export function startTidying(world: World): World {
  const known = standDownOf(world)
  return known?.running ? world : startStandDown(world, (known?.generation ?? 0) + 0.5)
}

export const OVER = {
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
export type Turn = { world: World; model: Model; standDown: StandDown; slot?: number }
export const go = (
  { standDown, slot = SLOT.standDown }: Turn,
  change: Partial<StandDown>,
  world: World,
): World => set(world, slot, { ...standDown, ...change })

export const indexes = ({ model }: Turn, holds: (i: number) => boolean): number[] =>
  model.chain.map((_step, i) => i).filter(holds)

/** The name of the stand-down, as engine/stand-down/start.ts gives it. */
export const callOf = ({ generation }: StandDown): string => `j-${generation}`
