import { whenToStopLate } from '#core/abort/stop.ts'
import { stopDemand } from '#core/abort/stop-demand.ts'
import type { Job } from '#core/job/job.ts'
import { EXTERNAL, nextJob } from '#core/job/reducer.ts'
import { afterRefusedClaim, endsOwnStep } from '#core/step/refused-claim.ts'
import { isLive } from '#core/step/step.ts'
import type { JsonText, JsonValue } from '#core/value.ts'
import { applyJob, applyStep } from './apply.ts'
import { type Attempt, abandonSteps, answer, endExecution, executionOf, newAttempt } from './execution.ts'
import {
  adoptedJob,
  clockOf,
  createdBy,
  get,
  jobOf,
  LATER,
  LIFE,
  type Model,
  NOW,
  newStep,
  type Row,
  SLOT,
  set,
  spend,
  stepOf,
  type World,
} from './model.ts'
import { FIRST_CALL, jobNumbered, mayStop, stopExecution } from './stop.ts'
import { must } from './violation.ts'

/** The attempt of step `i` makes its next call. */
type Turn = { world: World; model: Model; i: number; attempt: Attempt }
const FAULT = { exception: 'E', exception_message: 'm', module_name: 'm', function_name: 'run' }

const ownerOf = ({ i, attempt }: Turn): string => `${i}/${attempt.n}`
const go = (turn: Turn, change: Partial<Attempt>, world = turn.world): World =>
  set(world, SLOT.attempt + turn.i, { ...turn.attempt, ...change })

/** The Lambda answers Step Functions and is over. A busy step is tried again. */
function leave(turn: Turn, letter: string, world = turn.world): World {
  const over = set(world, SLOT.attempt + turn.i, null)
  if (letter === 'f') return failExecution(over, turn)
  if (letter !== 'retry' && letter !== 'resume') return answer(over, turn.model, [turn.i, letter])
  const { status, at } = executionOf(over)
  if (status !== 'RUNNING' || at[turn.i] !== 'i') return over
  const next = newAttempt(turn.model, turn.attempt.n + 1)
  const resumes = letter === 'resume' && turn.model.abortable !== 'checkpoint'
  return set(over, SLOT.attempt + turn.i, resumes ? { ...next, resumes } : next)
}

function failExecution(world: World, { model, i }: Turn): World {
  const { status, at } = executionOf(world)
  if (!model.caught) return endExecution(world, 'FAILED')
  return status === 'RUNNING' && at[i] === 'i' ? abandonSteps(world, model) : world
}

/** Every call that engine/steps/claim.ts and engine/steps/attempt.ts make, one at a time. */
const CALLS: Record<string, (turn: Turn) => World[]> = {
  claim,
  admit,
  adopt,
  decline,
  close,
  run,
  frozen,
  finish,
  end,
  ack,
  after,
  query,
  stop,
}

export function attemptMoves(world: World, model: Model, i: number): World[] {
  const attempt = get<Attempt | null>(world, SLOT.attempt + i)
  if (!attempt) return []
  const turn = { world, model, i, attempt }
  const moves = CALLS[attempt.pc]!(turn)
  return attempt.pc === 'claim' ? moves : [...moves, ...crash(turn)]
}

const readsFirst = (turn: Turn): boolean => turn.model.mutation === 'read-before-claim'

function claim(turn: Turn): World[] {
  const { world, model, i } = turn
  const lease = { owner: ownerOf(turn), epoch: 1, lease_until: LATER, dead_by: LATER }
  const claimant = { ...LIFE, function_arn: null }
  const step = newStep(model, i, model.mutation === 'retry-looks-like-the-first' ? 1 : turn.attempt.n)
  const done = applyStep(world, i, { type: 'claim', at: NOW, step, lease, claimant })
  if (done.kind === 'refused') return refused(turn, done.reason)
  const job = adoptedJob(world)
  const early = !job || nextJob(job, beginOf(done.world, i)).kind !== 'refused'
  if (readsFirst(turn)) return [enter(turn, early, done.world)]
  return [go(turn, { pc: 'admit', early }, done.world)]
}

/**
 * A busy step is tried again by Step Functions: for the model, once its lease has ended. The stop of a
 * redriven execution is left to the sweeper here, as if it failed.
 */
function refused(turn: Turn, reason: Parameters<typeof afterRefusedClaim>[0]): World[] {
  const next = afterRefusedClaim(reason)
  if (next === 'retry') return executionOf(turn.world).status === 'RUNNING' ? [] : [leave(turn, 'p')]
  return [leave(turn, next === 'answer' ? 'd' : 'p')]
}

/** Only what an attempt gave back itself may go on under an abort. */
const beginOf = (world: World, i: number) => {
  const resumes = stepOf(world, i)?.resumes ?? false
  return { type: 'begin' as const, at: NOW, execution: LIFE, resumes }
}

/** engine/jobs/admit.ts, of an execution that was started past the API. */
function adopt(turn: Turn): World[] {
  const { world, model } = turn
  const event = createdBy(EXTERNAL)
  const anew = model.mutation === 'adoption-writes-anew' && adoptedJob(world)
  if (!anew) return [go(turn, { pc: 'admit' }, applyJob(world, event).world)]
  const { item } = nextJob(undefined, event)
  return [go(turn, { pc: 'admit' }, set(world, SLOT.job, { ...get<Row<Job>>(world, SLOT.job), item }))]
}

function admit(turn: Turn): World[] {
  if (!adoptedJob(turn.world)) return [go(turn, { pc: 'adopt' })]
  const done = applyJob(turn.world, beginOf(turn.world, turn.i))
  if (done.kind !== 'refused') {
    return readsFirst(turn)
      ? [go(turn, { pc: 'claim' }, done.world)]
      : [enter(turn, turn.attempt.early, done.world)]
  }
  return readsFirst(turn)
    ? [leave(turn, 'p')]
    : [go(turn, { pc: 'decline', early: false, job: turn.world[SLOT.job]! })]
}

/** The handler starts. */
function enter(turn: Turn, early: boolean, world: World): World {
  const { name } = turn.model.chain[turn.i]!
  must(early, 'I1', `${name} starts on a claim that came after the abort`)
  const aborted = jobOf(turn.world).abort_request !== null && jobOf(world).state === 'CANCELLING'
  const excused = turn.attempt.resumes === true || turn.attempt.early
  must(!aborted || excused, 'I1', `${name} starts anew under an abort`)
  must(get(world, SLOT.hook + turn.i) === null, 'I9', 'the handler starts beside its clean-up')
  const ran = get<number>(world, SLOT.ran) | (1 << turn.i)
  return go(turn, { pc: 'run', early }, set(world, SLOT.ran, ran))
}

const abortOf = (world: World) => jobOf(world).abort_request

function decline(turn: Turn): World[] {
  const job = jobNumbered(turn.attempt.job)
  const owner = ownerOf(turn)
  const event = { type: 'decline' as const, at: NOW, owner, abort_request: job.abort_request }
  const { world } = applyStep(turn.world, turn.i, event)
  const open = endsOwnStep(stepOf(world, turn.i)!, owner, job)
  if (open && turn.model.mutation !== 'declined-claim-left-open') return [go(turn, { pc: 'close' }, world)]
  return stopIfIdle({ ...turn, world }, turn.attempt.job, 'p')
}

/** The stand-down may have looked for the last time: what never ran is closed by whoever claimed it. */
function close(turn: Turn): World[] {
  const { abort_request } = jobNumbered(turn.attempt.job)
  const event = { type: 'cleaned' as const, at: NOW, owner: ownerOf(turn), abort_request, ran: false }
  return stopIfIdle({ ...turn, world: applyStep(turn.world, turn.i, event).world }, turn.attempt.job, 'p')
}

/** The calls of stopIfIdleOrOver, then the answer `result`. */
function stopIfIdle(turn: Turn, job: number, result: string): World[] {
  const pc = FIRST_CALL[whenToStopLate(jobNumbered(job))]
  return [pc === null ? leave(turn, result) : go(turn, { pc, job: pc === 'stop' ? 0 : job, result })]
}

/** The handler ends by itself, sees that it has to stop, or fails. */
function run(turn: Turn): World[] {
  if (turn.model.external) return task(turn)
  const { world, i } = turn
  const step = stepOf(world, i)!
  const halted = stopDemand(jobOf(world), step.abortable) !== null
  const fenced = step.state !== 'ONGOING' || step.fenced || step.owner !== ownerOf(turn)
  const failing = spend(world, 'failure')
  const ending = spend(world, 'outOfTime')
  const freezing = spend(world, 'freeze')
  return [
    ...(turn.model.hangs ? [] : [go(turn, { pc: 'finish', early: false })]),
    ...(halted || fenced ? [go(turn, { pc: 'ack', early: false })] : []),
    // It may fail before it has seen the abort. Whether there is a retry, its state machine says.
    ...(failing ? giveBack({ ...turn, world: failing }, 'f', 'retry') : []),
    ...(ending ? giveBack({ ...turn, world: ending }, 'resume') : []),
    ...(freezing ? [go(turn, { pc: 'frozen' }, freezing)] : []),
    ...keepDeadline(turn),
  ]
}

/** It ends by itself, as long as its execution runs. A stop asks it to end, and nothing of it is heard any more. */
function task(turn: Turn): World[] {
  if (executionOf(turn.world).status !== 'RUNNING') return [set(turn.world, SLOT.attempt + turn.i, null)]
  const failing = spend(turn.world, 'failure')
  const ended = { pc: 'end', early: false }
  return [
    go(turn, { ...ended, result: 'd' }),
    ...(failing ? [go(turn, { ...ended, result: 'f' }, failing)] : []),
  ]
}

/** engine/steps/external.ts: the state behind the task tells how it ended. */
function end(turn: Turn): World[] {
  const { result } = turn.attempt
  const ending = { at: NOW, owner: stepOf(turn.world, turn.i)!.owner ?? '' }
  const done =
    result === 'd'
      ? applyStep(turn.world, turn.i, { type: 'finish', ...ending, result: RESULT })
      : applyStep(turn.world, turn.i, { type: 'fail', ...ending, fault: FAULT, stop: null })
  return done.kind === 'refused' ? [leave(turn, 'p')] : [go(turn, { pc: 'after' }, done.world)]
}

/** What Step Functions does where the function of such a state dies: it calls it again. */
function crashAround(turn: Turn, world: World): World[] {
  const { pc, result } = turn.attempt
  if (pc === 'run') return []
  const ended = result === 'd' || result === 'f'
  return [ended ? go(turn, { pc: 'end' }, world) : leave({ ...turn, world }, 'retry')]
}

function giveBack(turn: Turn, ...letters: ('f' | 'retry' | 'resume')[]): World[] {
  const event = { type: 'give-back' as const, at: NOW, owner: ownerOf(turn) }
  const resumes = letters.includes('resume')
  const { world } = applyStep(turn.world, turn.i, { ...event, fault: resumes ? null : FAULT, resumes })
  return letters.map((letter) => leave(turn, letter, world))
}

/** Thawed, it finds its lease late and gives the step back, before a line of the author's code runs. */
function frozen(turn: Turn): World[] {
  const step = stepOf(turn.world, turn.i)!
  const held = step.owner === ownerOf(turn) && isLive(step, NOW)
  if (held || turn.model.mutation === 'thawed-goes-on') return [go(turn, { pc: 'run' })]
  return giveBack(turn, 'resume')
}

/** engine/steps/abort-watch.ts: a look that finds the deadline passed keeps it. */
function keepDeadline({ world, model }: Turn): World[] {
  const due = jobOf(world).abort_request?.mode === 'graceful' && clockOf(world, model) !== NOW
  if (!due || model.mutation === 'deadline-not-kept') return []
  const { world: kept } = applyJob(world, { type: 'escalate', at: clockOf(world, model) })
  return [whenToStopLate(jobOf(kept)) === 'now' ? stopExecution(kept).world : kept, kept]
}

const RESULT: JsonValue = { text: '1' as JsonText }

function finish(turn: Turn): World[] {
  const event = { type: 'finish' as const, at: NOW, owner: ownerOf(turn), result: RESULT }
  const done = applyStep(turn.world, turn.i, event)
  return [go(turn, done.kind === 'refused' ? { pc: 'ack' } : { pc: 'after', result: 'd' }, done.world)]
}

function ack(turn: Turn): World[] {
  const event = { type: 'acknowledge' as const, at: NOW, owner: ownerOf(turn) }
  const { world } = applyStep(turn.world, turn.i, { ...event, abort_request: abortOf(turn.world) })
  return [go(turn, { pc: 'after', result: 'p' }, world)]
}

function after(turn: Turn): World[] {
  return stopIfIdle(turn, turn.world[SLOT.job]!, turn.attempt.result)
}

function query(turn: Turn): World[] {
  const { world, model, attempt } = turn
  const result = attempt.result || 'p'
  return [mayStop(world, model) ? go(turn, { pc: 'stop', job: 0, result }) : leave(turn, result)]
}

function stop(turn: Turn): World[] {
  return [leave(turn, turn.attempt.result, stopExecution(turn.world).world)]
}

/** The Lambda dies; Step Functions retries, and the claim stays until its lease ends. */
function crash(turn: Turn): World[] {
  const world = spend(turn.world, 'crash')
  if (world && turn.model.external) return crashAround(turn, world)
  return world ? [leave({ ...turn, world }, 'retry')] : []
}
