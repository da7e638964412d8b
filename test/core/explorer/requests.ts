import { type StopTime, whenToStop, whenToStopLate } from '#core/abort/stop.ts'
import { needsTidying } from '#core/clean-up/unfinished.ts'
import { type AbortMode, isCleaningUp, type Job } from '#core/job/job.ts'
import { isTerminal } from '#core/states.ts'
import { applyJob } from './apply.ts'
import {
  answer,
  endExecution,
  endOf,
  executionOf,
  type Process,
  redrive,
  startExecution,
} from './execution.ts'
import {
  AFTER_CLOSE,
  adoptedJob,
  DUE,
  get,
  jobOf,
  type Model,
  NOW,
  SLOT,
  set,
  spend,
  stepsOf,
  type World,
} from './model.ts'
import { nameOf, startStandDown } from './stand-down-start.ts'
import { FIRST_CALL, jobNumbered, mayStop, stopExecution } from './stop.ts'
import { must } from './violation.ts'

/** The first call of the stop, if any, for the job as it now is. */
function beginStop(world: World, whenOf: (job: Job) => StopTime): Process | null {
  const pc = FIRST_CALL[whenOf(jobOf(world))]
  return pc && { pc, job: world[SLOT.job]! }
}

/** engine/jobs/abort.ts: the flag, then the query of the steps, then the stop. It may be killed after the flag. */
export function abortMoves(world: World, model: Model, mode: AbortMode): World[] {
  const slot = mode === 'graceful' ? SLOT.graceful : SLOT.force
  const process = get<Process | null>(world, slot)
  if (process) return [...pursue({ world, model, slot, process }), set(world, slot, null)]
  const asking = adoptedJob(world) && spend(world, mode)
  if (!asking) return []
  const force_at = model.deadline && mode === 'graceful' ? DUE : null
  const request = { mode, reason: null, requested_by: mode, force_at, rollback: model.rollback }
  const { state, closed } = jobOf(asking)
  const done = applyJob(asking, { type: 'abort', at: closed ? AFTER_CLOSE : NOW, request })
  if (done.kind === 'refused') {
    // What has not ended can be forced: that also ends a stand-down as an abort. A graceful one comes too late.
    const late = mode === 'graceful' && closed !== null
    must(isTerminal(state) || late, 'I4', `an abort (${mode}) was refused while the job is ${state}`)
  }
  if (done.kind !== 'write') return [asking]
  must(jobOf(done.world).state === 'CANCELLING', 'case 6', 'an accepted abort does not say CANCELLING')
  return [set(done.world, slot, beginStop(done.world, whenToStop))]
}

type Turn = { world: World; model: Model; slot: number; process: Process }

/** The rest of the stop; what is not there to be stopped is stood down at once. */
function pursue({ world, model, slot, process }: Turn): World[] {
  if (process.pc === 'query') {
    return [set(world, slot, mayStop(world, model) ? { pc: 'stop', job: process.job } : null)]
  }
  const stopped = stopExecution(world)
  const over = set(stopped.world, slot, null)
  return [stopped.missing ? startStandDown(over, nameOf(jobNumbered(process.job))) : over]
}

/** engine/jobs/execute.ts after the job's item was written: start, then look again. */
export function starterMoves(world: World, model: Model): World[] {
  const process = get<Process | null>(world, SLOT.starter)
  if (!process) return []
  const to = (next: World, then: Process | null): World => set(next, SLOT.starter, then)
  if (process.pc === 'start again') {
    return [startStandDown(to(world, null), nameOf(jobNumbered(process.job))), to(world, null)]
  }
  if (process.pc === 'start') return [to(startExecution(world, model), { ...process, pc: 'look' })]
  if (process.pc === 'look') return [to(world, beginStop(world, whenToStopLate))]
  if (process.pc === 'query') return [to(world, mayStop(world, model) ? { ...process, pc: 'stop' } : null)]
  return [to(stopExecution(world).world, null)]
}

/** engine/jobs/commit.ts. */
export function commitMoves(world: World, model: Model): World[] {
  const process = get<Process | null>(world, SLOT.commit)
  if (!process) return []
  const leave = (next: World, letter: string): World =>
    answer(set(next, SLOT.commit, null), model, [model.chain.length, letter])
  if (process.pc === 'query') {
    return [mayStop(world, model) ? set(world, SLOT.commit, { ...process, pc: 'stop' }) : leave(world, 'p')]
  }
  if (process.pc === 'stop') return [leave(stopExecution(world).world, 'p')]
  if (process.pc === 'tidy') {
    const over = endExecution(leave(world, 'd'), 'SUCCEEDED')
    const tidies = model.mutation !== 'nobody-tidies' && needsTidying(jobOf(world), stepsOf(world, model))
    return tidies ? [startStandDown(over, jobOf(world).generation), over] : [over]
  }
  if (model.mutation === 'no-commit') return [endExecution(leave(world, 'd'), 'SUCCEEDED')]
  const done = applyJob(world, { type: 'commit', at: NOW })
  if (done.kind !== 'refused') {
    if (model.caught) return [set(done.world, SLOT.commit, { ...process, pc: 'tidy' })]
    return [endExecution(leave(done.world, 'd'), 'SUCCEEDED')]
  }
  const stopping = beginStop(world, whenToStop)
  return [stopping ? set(world, SLOT.commit, stopping) : leave(world, 'p')]
}

/** engine/jobs/clean-up.ts: the write, then the start. */
function repeatMoves(world: World): World[] {
  const job = adoptedJob(world)
  if (job?.state !== 'FAILED' || get(world, SLOT.starter) !== null) return []
  const asking = job.left_behind.length > 0 && !isCleaningUp(job) ? spend(world, 'again') : undefined
  if (!asking) return []
  const done = applyJob(asking, { type: 'clean-up', at: NOW, requested_by: 'someone' })
  return [set(done.world, SLOT.starter, { pc: 'start again', job: done.row })]
}

/** Stop pressed in the AWS console, and the redrive of an execution whose job has ended. */
export function operatorMoves(world: World, model: Model): World[] {
  const execution = executionOf(world)
  const stopping = execution.status === 'RUNNING' ? spend(world, 'consoleStop') : undefined
  const ended = endOf(execution).status !== 'NOT_STARTED' && execution.status !== 'SUCCEEDED'
  const job = adoptedJob(world)
  const resting = get(world, SLOT.event) === null && job !== undefined && isTerminal(job.state)
  const idle = model.chain.every((_step, i) => get(world, SLOT.attempt + i) === null)
  const reviving = ended && resting && idle ? spend(world, 'redrive') : undefined
  const passing = job?.abort_request?.force_at ? spend(world, 'due') : undefined
  return [
    ...repeatMoves(world),
    ...(passing ? [passing] : []),
    ...(stopping ? [endExecution(stopping, 'ABORTED')] : []),
    ...(reviving ? [redrive(reviving, model)] : []),
  ]
}
