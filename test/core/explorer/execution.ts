import type { ExecutionEnd } from '#core/job/job.ts'
import { get, type Model, SLOT, set, type World } from './model.ts'

/**
 * The Step Functions execution. `at` has one letter for each step and one for the commit: `.` not reached,
 * `i` invoked, `d` done, `p` parked.
 */
export type Execution = { status: 'none' | 'RUNNING' | 'ABORTED' | 'FAILED' | 'SUCCEEDED'; at: string }
/** One invocation of a step's function. `early`: its claim was written before any abort. */
export type Attempt = {
  pc: string
  n: number
  early: boolean
  job: number
  result: string
  /** It goes on with what an earlier one gave back, also under a graceful abort. */
  resumes?: boolean
}
/**
 * A request, an event or a sweep under way: its next call and the job that it has read. A sweep also keeps what it
 * listed: whether the execution ran, and which generation of the stand-down did.
 */
export type Process = { pc: string; job: number; runs?: boolean; standing?: number | null }

export const executionOf = (world: World): Execution => get<Execution>(world, SLOT.execution)

export const endOf = ({ status }: Execution): ExecutionEnd =>
  status === 'none' || status === 'RUNNING'
    ? { status: 'NOT_STARTED', error: null, cause: null }
    : { status, error: null, cause: null }

const put = (text: string, i: number, letter: string): string => text.slice(0, i) + letter + text.slice(i + 1)

export const newAttempt = (model: Model, n: number): Attempt => ({
  pc: model.mutation === 'read-before-claim' ? 'admit' : 'claim',
  n,
  early: false,
  job: 0,
  result: '',
})

/** Invokes whatever may start now. */
function invoke(world: World, model: Model): World {
  const { chain } = model
  let next = world
  let { at } = executionOf(world)
  const done = (name: string): boolean => at[chain.findIndex((step) => step.name === name)] === 'd'
  chain.forEach((step, i) => {
    if (at[i] !== '.' || !step.after.every(done)) return
    at = put(at, i, 'i')
    next = set(next, SLOT.attempt + i, newAttempt(model, 1))
  })
  if (at[chain.length] === '.' && chain.every((_step, i) => at[i] === 'd')) {
    at = put(at, chain.length, 'i')
    next = set(next, SLOT.commit, { pc: 'commit', job: 0 })
  }
  return set(next, SLOT.execution, { ...executionOf(world), at })
}

export const startExecution = (world: World, model: Model): World => {
  if (executionOf(world).status !== 'none') return world
  const at = '.'.repeat(model.chain.length + 1)
  return invoke(set(world, SLOT.execution, { status: 'RUNNING', at }), model)
}

/** A task of a running execution answered; what a stopped execution's Lambda answers goes nowhere. */
export function answer(world: World, model: Model, [i, letter]: [number, string]): World {
  const execution = executionOf(world)
  // What a Parallel has abandoned answers to nobody.
  if (execution.status !== 'RUNNING' || execution.at[i] !== 'i') return world
  const at = put(execution.at, i, letter)
  return invoke(set(world, SLOT.execution, { ...execution, at }), model)
}

/** A Catch around the failed Parallel: nobody waits for its other branches any more. */
export const abandonSteps = (world: World, model: Model): World =>
  invoke(
    set(world, SLOT.execution, { ...executionOf(world), at: `${'d'.repeat(model.chain.length)}.` }),
    model,
  )

/** The execution ends; its status event is on its way. */
export function endExecution(world: World, status: Execution['status']): World {
  const execution = executionOf(world)
  if (execution.status !== 'RUNNING') return world
  const next = set(world, SLOT.execution, { ...execution, status })
  return get<Process | null>(next, SLOT.event) ? next : set(next, SLOT.event, { pc: 'pending', job: 0 })
}

/** Takes up again what had not been done; only what is at rest is redriven. */
export function redrive(world: World, model: Model): World {
  const { at } = executionOf(world)
  const again = at.replaceAll(/[ip]/g, '.')
  return invoke(set(world, SLOT.execution, { status: 'RUNNING', at: again }), model)
}
