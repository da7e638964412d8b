import type { AbortMode } from '#core/job/job.ts'
import { isTerminal } from '#core/states.ts'
import { applyJob } from './apply.ts'
import { answer, endExecution, endOf, executionOf, redrive, type Small, startExecution } from './execution.ts'
import { get, jobOf, type Model, NOW, SLOT, set, spend, type World } from './model.ts'
import { startStandDown } from './stand-down.ts'
import { beginEndIdle, beginStop, decideStop, heldJob, stopExecution } from './stop.ts'
import { must } from './violation.ts'

/** aws/abort-job.ts: the flag, then the query of the steps, then the stop. It may be killed after the flag. */
export function abortMoves(world: World, model: Model, mode: AbortMode): World[] {
  const slot = mode === 'graceful' ? SLOT.graceful : SLOT.force
  const me = get<Small | null>(world, slot)
  if (me) return [...pursue({ world, model, slot, me }), set(world, slot, null)]
  const asking = spend(world, mode)
  if (!asking) return []
  const request = { mode, reason: null, requested_by: mode, force_at: null, rollback: model.rollback }
  const done = applyJob(asking, { type: 'abort', at: NOW, request })
  if (done.kind === 'refused') {
    const { state, closed } = jobOf(asking)
    must(isTerminal(state) || closed !== null, 'I4', `an abort was refused while the job is ${state}`)
  }
  if (done.kind !== 'write') return [asking]
  must(jobOf(done.world).state === 'CANCELLING', 'case 6', 'an accepted abort does not say CANCELLING')
  const pc = beginStop(jobOf(done.world))
  return [pc === 'no' ? done.world : set(done.world, slot, { pc, job: done.world[SLOT.job]! })]
}

type Here = { world: World; model: Model; slot: number; me: Small }

/** The rest of stopIfIdle; what is not there to be stopped is stood down at once. */
function pursue({ world, model, slot, me }: Here): World[] {
  const job = heldJob(me.job)
  if (me.pc === 'query') {
    return [set(world, slot, decideStop(world, model, job) ? { pc: 'stop', job: me.job } : null)]
  }
  const stopped = stopExecution(world)
  const over = set(stopped.world, slot, null)
  return [stopped.missing ? startStandDown(over, job.generation) : over]
}

/** aws/execute-job.ts after the job's item was written: start, then look again. */
export function starterMoves(world: World, model: Model): World[] {
  const me = get<Small | null>(world, SLOT.starter)
  if (!me) return []
  const to = (next: World, pc: string | null, job = me.job): World =>
    set(next, SLOT.starter, pc && { pc, job })
  if (me.pc === 'start') return [to(startExecution(world, model), 'look')]
  if (me.pc === 'look') {
    const pc = beginEndIdle(jobOf(world))
    return [to(world, pc === 'no' ? null : pc, world[SLOT.job]!)]
  }
  if (me.pc === 'query') return [to(world, decideStop(world, model, heldJob(me.job)) ? 'stop' : null)]
  return [to(stopExecution(world).world, null)]
}

/** aws/commit-job.ts. */
export function commitMoves(world: World, model: Model): World[] {
  const me = get<Small | null>(world, SLOT.commit)
  if (!me) return []
  const leave = (next: World, letter: string): World =>
    answer(set(next, SLOT.commit, null), model, [model.chain.length, letter])
  if (me.pc === 'query') {
    const stop = decideStop(world, model, heldJob(me.job))
    return [stop ? set(world, SLOT.commit, { ...me, pc: 'stop' }) : leave(world, 'p')]
  }
  if (me.pc === 'stop') return [leave(stopExecution(world).world, 'p')]
  if (model.mutation === 'no-commit') return [endExecution(leave(world, 'd'), 'SUCCEEDED')]
  const done = applyJob(world, { type: 'commit', at: NOW })
  if (done.kind !== 'refused') return [endExecution(leave(done.world, 'd'), 'SUCCEEDED')]
  const pc = beginStop(jobOf(world))
  return [pc === 'no' ? leave(world, 'p') : set(world, SLOT.commit, { pc, job: world[SLOT.job]! })]
}

/** Stop pressed in the AWS console, and the redrive of an execution whose job has ended. */
export function operatorMoves(world: World, model: Model): World[] {
  const execution = executionOf(world)
  const stopping = execution.status === 'RUNNING' ? spend(world, 'consoleStop') : undefined
  const ended = endOf(execution).status !== 'NOT_STARTED' && execution.status !== 'SUCCEEDED'
  const resting = get(world, SLOT.event) === null && isTerminal(jobOf(world).state)
  const idle = model.chain.every((_step, i) => get(world, SLOT.attempt + i) === null)
  const reviving = ended && resting && idle ? spend(world, 'redrive') : undefined
  return [
    ...(stopping ? [endExecution(stopping, 'ABORTED')] : []),
    ...(reviving ? [redrive(reviving, model)] : []),
  ]
}
