import { isCleaningUp, type Job } from '#core/job/job.ts'
import { type JobEvent, type JobRefusal, nextJob } from '#core/job/reducer.ts'
import { notificationsOf } from '#core/notifications/envelope.ts'
import { notification as schema } from '#core/notifications/schemas.ts'
import { isTerminal, JOB_EDGES, STEP_EDGES } from '#core/states.ts'
import { nextStep, type StepEvent } from '#core/step/reducer.ts'
import type { Step } from '#core/step/step.ts'
import type { StepRefusal } from '#core/step/written.ts'
import { lineOf } from '../notifications/history.ts'
import { intern, valued } from './intern.ts'
import { get, JOB_ID, type Row, SLOT, type World } from './model.ts'
import { must } from './violation.ts'

/** `row` is the number of the row afterwards. */
type Applied<Reason = JobRefusal | StepRefusal> =
  | { kind: 'write' | 'same'; row: number }
  | { kind: 'refused'; reason: Reason; row: number }
const known = new Map<string, Applied>()

/** One conditional write of the job by the production reducer; atomic, as the store's. */
export const applyJob = (world: World, event: JobEvent) => apply<JobRefusal>(world, SLOT.job, event)
/** One conditional write of step `i`. */
export const applyStep = (world: World, i: number, event: StepEvent) =>
  apply<StepRefusal>(world, SLOT.step + i, event)

function apply<Reason>(
  world: World,
  slot: number,
  event: JobEvent | StepEvent,
): Applied<Reason> & { world: World } {
  const before = world[slot]!
  const key = `${slot === SLOT.job ? 'j' : 's'}${before}:${intern(event)}`
  let applied = known.get(key)
  if (!applied) {
    applied =
      slot === SLOT.job ? reduceJob(before, event as JobEvent) : reduceStep(before, event as StepEvent)
    known.set(key, applied)
  }
  const next = world.slice()
  next[slot] = applied.row
  return { world: next, ...(applied as Applied<Reason>) }
}

function reduceJob(number: number, event: JobEvent): Applied {
  const before = valued<Row<Job>>(number)
  const outcome = nextJob(before.item, event)
  if (outcome.kind !== 'write') return unchanged(outcome, number)
  if (before.item) checkJob(before.item, outcome.item)
  return written(before, outcome.item)
}

function reduceStep(number: number, event: StepEvent): Applied {
  const before = valued<Row<Step>>(number)
  const outcome = nextStep(before.item, event)
  if (outcome.kind !== 'write') return unchanged(outcome, number)
  checkStep(before.item, outcome.item, event)
  return written(before, outcome.item)
}

type Unwritten = { kind: 'same' } | { kind: 'refused'; reason: JobRefusal | StepRefusal }
const unchanged = (outcome: Unwritten, row: number): Applied =>
  outcome.kind === 'same' ? { kind: 'same', row } : { kind: 'refused', reason: outcome.reason, row }

/** The version only rises, so two items that differ in nothing else are one state. */
function written<Item extends Job | Step>(before: Row<Item>, item: Item): Applied {
  const sent = notificationsOf(before.item, item, (text) => text).map((kept) => kept.notification)
  sent.forEach((notification, i) => {
    const { sequence, event_type } = notification
    must(sequence === (before.item?.notified ?? 0) + i + 1, 'I12', `sequence ${sequence}`)
    must(schema.safeParse(notification).success, 'I12', `${event_type} is not what the schema says`)
  })
  must(item.notified === (before.item?.notified ?? 0) + sent.length, 'I13', 'a notification is not counted')
  const log = before.log + lineOf(sent.map(({ event_type }) => event_type))
  return { kind: 'write', row: intern({ item: { ...item, version: 1 }, log }) }
}

function checkJob(before: Job, after: Job): void {
  const edge = before.state === after.state || JOB_EDGES[before.state].includes(after.state)
  must(edge, 'I22', `job ${before.state} > ${after.state}`)
  const repeats = isCleaningUp(before) || isCleaningUp(after)
  must(!isTerminal(before.state) || repeats, 'I3', `the job is ${before.state} and was written`)
  must(after.epoch >= before.epoch, 'I5', 'the epoch fell')
  const lowered = before.abort_request?.mode === 'force' && after.abort_request?.mode !== 'force'
  must(!lowered, 'I5', 'the mode fell')
  must(!before.abort_request || after.state !== 'SUCCEEDED', 'I4', 'accepted, then SUCCEEDED')
  must(after.job_execution_id === JOB_ID, 'I22', 'the id changed')
}

function checkStep(before: Step | undefined, after: Step, event: StepEvent): void {
  const from = before?.state ?? 'PENDING'
  const edge = from === after.state || STEP_EDGES[from].includes(after.state)
  must(edge, 'I22', `step ${from} > ${after.state} by ${event.type}`)
  // A task that is not ours has failed at once, and is cleaned up behind that.
  const behind = before?.external !== undefined && !before.cleaned_up
  const repeats = from === 'FAILED' && (behind || after.clean_up?.run !== undefined)
  const ended = from === 'CANCELLED' || (from === 'FAILED' && !repeats)
  must(!ended, 'case 38', `the step is ${from} and was written by ${event.type}`)
  const owned = 'owner' in event && event.owner !== before?.owner
  must(!owned, 'I8', `${event.type} of an older owner was written`)
  must(after.epoch >= (before?.epoch ?? 0), 'I8', 'the epoch fell')
}

export const logOf = (world: World, slot: number): string => get<Row<unknown>>(world, slot).log
