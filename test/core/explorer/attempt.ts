import { nextJob } from '#core/job/reducer.ts'
import type { JsonText, JsonValue } from '#core/value.ts'
import { applyJob, applyStep } from './apply.ts'
import { type Attempt, answer, endExecution, executionOf, newAttempt } from './execution.ts'
import { get, JOB_ID, jobOf, LATER, type Model, NOW, SLOT, set, spend, stepOf, type World } from './model.ts'
import { beginEndIdle, decideStop, heldJob, stopExecution } from './stop.ts'
import { must } from './violation.ts'

type Here = { world: World; model: Model; i: number; me: Attempt }
const FAULT = { exception: 'E', exception_message: 'm', module_name: 'm', function_name: 'run' }

const ownerOf = ({ i, me }: Here): string => `${i}/${me.n}`
const go = (here: Here, change: Partial<Attempt>, world = here.world): World =>
  set(world, SLOT.attempt + here.i, { ...here.me, ...change })

/** The Lambda answers Step Functions and is over. A busy step is tried again. */
function leave(here: Here, letter: string, world = here.world): World {
  const over = set(world, SLOT.attempt + here.i, null)
  if (letter === 'f') return endExecution(over, 'FAILED')
  if (letter !== 'retry') return answer(over, here.model, [here.i, letter])
  if (executionOf(over).status !== 'RUNNING') return over
  return set(over, SLOT.attempt + here.i, newAttempt(here.model, here.me.n + 1))
}

/** Every call that sdk/claim.ts and sdk/attempt.ts make, one at a time. */
const CALLS: Record<string, (here: Here) => World[]> = {
  claim,
  admit,
  decline,
  close,
  run,
  finish,
  ack,
  after,
  query,
  stop,
}

export function attemptMoves(world: World, model: Model, i: number): World[] {
  const me = get<Attempt | null>(world, SLOT.attempt + i)
  if (!me) return []
  const here = { world, model, i, me }
  const moves = CALLS[me.pc]!(here)
  return me.pc === 'claim' ? moves : [...moves, ...crash(here)]
}

const readsFirst = (here: Here): boolean => here.model.mutation === 'read-before-claim'

function claim(here: Here): World[] {
  const { world, model, i } = here
  const { name, order } = model.chain[i]!
  const key = { job_execution_id: JOB_ID, name, order, index: null, visit: null }
  const step = { ...key, template: 't', abortable: 'checkpoint' as const }
  const lease = { owner: ownerOf(here), epoch: 1, lease_until: LATER, dead_by: LATER }
  const done = applyStep(world, i, { type: 'claim', at: NOW, step, lease })
  if (done.kind === 'refused') {
    if (done.reason === 'busy') return busy(here)
    return [leave(here, done.reason === 'done' ? 'd' : 'p')]
  }
  const early = nextJob(jobOf(world), { type: 'begin', at: NOW }).kind !== 'refused'
  if (readsFirst(here)) return [enter(here, early, done.world)]
  return [go(here, { pc: 'admit', early }, done.world)]
}

/** Step Functions asks again later: for the model, once the lease has ended. */
function busy(here: Here): World[] {
  return executionOf(here.world).status === 'RUNNING' ? [] : [leave(here, 'p')]
}

function admit(here: Here): World[] {
  const done = applyJob(here.world, { type: 'begin', at: NOW })
  if (done.kind !== 'refused') {
    return readsFirst(here)
      ? [go(here, { pc: 'claim' }, done.world)]
      : [enter(here, here.me.early, done.world)]
  }
  return readsFirst(here)
    ? [leave(here, 'p')]
    : [go(here, { pc: 'decline', early: false, job: here.world[SLOT.job]! })]
}

/** The handler starts. */
function enter(here: Here, early: boolean, world: World): World {
  must(early, 'I1', `${here.model.chain[here.i]!.name} starts on a claim that came after the abort`)
  must(get(world, SLOT.hook + here.i) === null, 'I9', 'the handler starts beside its clean-up')
  const ran = get<number>(world, SLOT.ran) | (1 << here.i)
  return go(here, { pc: 'run', early }, set(world, SLOT.ran, ran))
}

const abortOf = (world: World) => jobOf(world).abort_request

function decline(here: Here): World[] {
  const abort_request = heldJob(here.me.job).abort_request
  const { world } = applyStep(here.world, here.i, {
    type: 'decline',
    at: NOW,
    owner: ownerOf(here),
    abort_request,
  })
  const { closed, ended_at } = heldJob(here.me.job)
  const step = stepOf(world, here.i)!
  const open = !step.touched && step.state === 'CANCELLING' && step.owner === ownerOf(here)
  if (open && (closed || ended_at) && here.model.mutation !== 'declined-claim-left-open') {
    return [go(here, { pc: 'close' }, world)]
  }
  return endIdle({ ...here, world }, here.me.job, 'p')
}

/** The stand-down may have looked for the last time: what never ran is closed by whoever claimed it. */
function close(here: Here): World[] {
  const { abort_request } = heldJob(here.me.job)
  const event = { type: 'cleaned' as const, at: NOW, owner: ownerOf(here), abort_request }
  return endIdle({ ...here, world: applyStep(here.world, here.i, event).world }, here.me.job, 'p')
}

function endIdle(here: Here, job: number, result: string): World[] {
  const pc = beginEndIdle(heldJob(job))
  return [pc === 'no' ? leave(here, result) : go(here, { pc, job: pc === 'stop' ? 0 : job, result })]
}

/** The handler ends by itself, sees that it has to stop, or fails. */
function run(here: Here): World[] {
  const { world, i } = here
  const step = stepOf(world, i)!
  const halted = nextJob(jobOf(world), { type: 'begin', at: NOW }).kind === 'refused'
  const fenced = step.state !== 'ONGOING' || step.owner !== ownerOf(here)
  const failing = spend(world, 'failure')
  return [
    go(here, { pc: 'finish', early: false }),
    ...(halted || fenced ? [go(here, { pc: 'ack', early: false })] : []),
    ...(failing && !halted ? [giveBack({ ...here, world: failing })] : []),
  ]
}

function giveBack(here: Here): World {
  const event = { type: 'give-back' as const, at: NOW, owner: ownerOf(here), fault: FAULT }
  return leave(here, 'f', applyStep(here.world, here.i, event).world)
}

const RESULT: JsonValue = { text: '1' as JsonText }

function finish(here: Here): World[] {
  const event = { type: 'finish' as const, at: NOW, owner: ownerOf(here), result: RESULT }
  const done = applyStep(here.world, here.i, event)
  return [go(here, done.kind === 'refused' ? { pc: 'ack' } : { pc: 'after', result: 'd' }, done.world)]
}

function ack(here: Here): World[] {
  const event = { type: 'acknowledge' as const, at: NOW, owner: ownerOf(here) }
  const { world } = applyStep(here.world, here.i, { ...event, abort_request: abortOf(here.world) })
  return [go(here, { pc: 'after', result: 'p' }, world)]
}

function after(here: Here): World[] {
  return endIdle(here, here.world[SLOT.job]!, here.me.result)
}

function query(here: Here): World[] {
  const { world, model, me } = here
  const result = me.result || 'p'
  return [
    decideStop(world, model, heldJob(me.job))
      ? go(here, { pc: 'stop', job: 0, result })
      : leave(here, result),
  ]
}

function stop(here: Here): World[] {
  return [leave(here, here.me.result, stopExecution(here.world).world)]
}

/** The Lambda dies; Step Functions retries, and the claim stays until its lease ends. */
function crash(here: Here): World[] {
  const world = spend(here.world, 'crash')
  return world ? [leave({ ...here, world }, 'retry')] : []
}
