import type { Job, Time } from '#core/job/job.ts'
import { checkedIndex, hooksOf, isRank, itemCountOf, refuseRank } from '#core/step/from-data.ts'
import { lifeOf } from '#core/step/of-job.ts'
import type { NewStep, StepEvent } from '#core/step/reducer.ts'
import { afterRefusedClaim, endsOwnStep } from '#core/step/refused-claim.ts'
import { type External, type Step, type StepKey, stepLabel } from '#core/step/step.ts'
import type { StepCall } from '#core/template.ts'
import { timeAt } from '#core/time.ts'
import { admitJob, taken } from '../jobs/admit.ts'
import { stopIfIdleOrOver } from '../jobs/stop-if-idle.ts'
import type { StepOutcome } from '../ports.ts'
import { readValue } from '../values/read.ts'
import type { Claim } from './attempt.ts'
import type { Invocation, StepPorts } from './ports.ts'
import { busy, faultOf, fenced, leaseLost, notStarted, stoodDown } from './signals.ts'
import { jobInfo } from './tools.ts'

/** Claims carry the first epoch: once it has risen, by force, no claim is valid. */
const CLAIM_EPOCH = 1
/** No Lambda runs longer, and a context that tells no deadline is not one. */
export const LONGEST_LAMBDA_MS = 15 * 60_000

export type Claimed = { kind: 'claimed'; claim: Claim } | { kind: 'done'; result: unknown }

type StepPlace = Pick<StepCall, 'job_execution_id' | 'step' | 'order' | 'index' | 'visit'>

/** @throws ValueNotKept for an index that a state of the chain has put into its data */
export const stepKeyOf = (call: StepPlace): StepKey => ({
  job_execution_id: call.job_execution_id,
  name: call.step,
  order: call.order,
  index: checkedIndex(call),
  visit: call.visit ?? null,
})

const newStepOf = ({ external, ...call }: StepCall): NewStep => ({
  ...stepKeyOf(call),
  template: call.template,
  abortable: call.abortable,
  clean_up_after: call.clean_up_after ?? 'lease',
  hooks: hooksOf(call.hooks),
  irreversible: call.irreversible ?? null,
  rank: isRank(call.rank) ? call.rank : null,
  item_count: itemCountOf(call.item_count),
  loop_order: call.loop_order ?? null,
  ...(external && { external: externalOf(external) }),
})

const externalOf = ({ entered_at, retry, ...traits }: NonNullable<StepCall['external']>): External => ({
  ...traits,
  entry: { entered_at, retry },
  stop: null,
})

type Holder = { owner: string; takenAt: number; deadBy: number }
type Taking = Holder & { leaseUntil: number; function_arn: string | null }

/** What a claim needs of the outside, whoever runs the step. */
export type Claiming = Omit<StepPorts, 'timing'>

/**
 * Takes the step: writes the claim, then reads the job. The abort does the mirror image, so that it sees
 * the claim, or the claim sees it.
 *
 * @throws JobAborted, StepBusy, StepFenced, JobIdTaken, ValueNotKept for a rank or an index that is none
 */
export async function claimStep(ports: StepPorts, call: StepCall, invoked: Invocation): Promise<Claimed> {
  const takenAt = ports.clock.now()
  const holder = { owner: ports.ids.random(), takenAt, deadBy: takenAt + invoked.remainingMs }
  const { owner, deadBy } = holder
  const leaseUntil = Math.min(takenAt + ports.timing.leaseMs, deadBy)
  const { function_arn } = invoked
  const outcome = await takeStep(ports, call, { owner, takenAt, leaseUntil, deadBy, function_arn })
  if (outcome.kind === 'refused') {
    if (outcome.reason === 'over') await stopRedriven(ports, call.job_execution_id)
    return refusedClaim(ports, outcome)
  }
  const step = outcome.item
  const admission = { ...lifeOf(call), job_execution_id: call.job_execution_id, template: call.template }
  const job = await admitJob(ports, { ...admission, resumes: step.resumes })
  if (job.kind === 'refused') return decline(ports, { step, job: job.item, owner: holder.owner })
  const concurrency = call.concurrency ?? 1
  const values = await valuesOf(ports, call, { step, job: job.item, owner: holder.owner })
  const held = await renewedIfSlow(ports, step, holder)
  return { kind: 'claimed', claim: { step, job: job.item, ...held, concurrency, ...values } }
}

type Admitted = { step: Step; job: Job; owner: string }

/** What cannot be read, or kept, is given back with its fault, so that nobody waits for the step's lease. */
async function valuesOf(
  ports: StepPorts,
  call: StepCall,
  { step, job, owner }: Admitted,
): Promise<Pick<Claim, 'resumeFrom' | 'info'>> {
  const { job_execution_id: id } = job
  try {
    refuseRank(call)
    const values = [step.checkpoint, job.input].map((value) => readValue(ports, id, value))
    const [resumeFrom, input] = await Promise.all(values)
    return { resumeFrom, info: jobInfo(job, input) }
  } catch (error) {
    const fault = faultOf(error, step, 'claim')
    const event = { type: 'give-back' as const, at: now(ports), owner, fault }
    await ports.steps.apply(step, event, step).catch(() => undefined)
    throw error
  }
}

/** A claim that took long has used up its lease, and others count from it: renewed before the handler runs. */
async function renewedIfSlow(ports: StepPorts, step: Step, holder: Holder): Promise<Holder> {
  const { clock, steps, timing } = ports
  const takenAt = clock.now()
  if (takenAt - holder.takenAt < timing.leaseMs / 2) return holder
  const { owner, deadBy } = holder
  const lease_until = timeAt(Math.min(takenAt + timing.leaseMs, deadBy))
  const event = { type: 'checkpoint' as const, at: timeAt(takenAt), owner, lease_until }
  const { kind, item } = await steps.apply(step, event, step)
  if (kind !== 'refused') return { ...holder, takenAt }
  if (item?.owner !== owner) throw leaseLost(step)
  return decline(ports, { step: item, job: await ports.jobs.get(step.job_execution_id), owner })
}

/**
 * The claim's write. A step that another execution claimed under this id is taken only where the id is ours now:
 * it was left by a job whose record has expired, or by an execution that was refused.
 */
export async function takeStep(
  ports: Claiming,
  call: StepCall,
  { owner, takenAt, leaseUntil, deadBy, function_arn }: Taking,
): Promise<StepOutcome> {
  const key = stepKeyOf(call)
  const life = lifeOf(call)
  const lease = { owner, epoch: CLAIM_EPOCH, lease_until: timeAt(leaseUntil), dead_by: timeAt(deadBy) }
  const claimant = { ...life, function_arn }
  const event: StepEvent = { type: 'claim', at: timeAt(takenAt), step: newStepOf(call), lease, claimant }
  const outcome = await ports.steps.apply(key, event)
  if (outcome.kind !== 'refused' || outcome.reason !== 'taken') return outcome
  const job = await ports.jobs.get(call.job_execution_id)
  const isOurs = !job || (job.execution_arn === life.execution_arn && hasNotBegunAs(job, life))
  if (!isOurs) throw taken(job, life)
  return ports.steps.apply(key, { ...event, anew: true })
}

const hasNotBegunAs = (job: Job, { execution_started_at: started }: ReturnType<typeof lifeOf>): boolean =>
  job.execution_started_at === null || job.execution_started_at === started

/** What a claim that was not taken means. @throws JobAborted, StepBusy, StepFenced */
export async function refusedClaim(
  ports: Claiming,
  outcome: Extract<StepOutcome, { kind: 'refused' }>,
): Promise<Extract<Claimed, { kind: 'done' }>> {
  const step = outcome.item
  const label = step ? stepLabel(step) : 'the step'
  const next = afterRefusedClaim(outcome.reason)
  if (next === 'answer' && step) {
    return { kind: 'done', result: await readValue(ports, step.job_execution_id, step.result) }
  }
  if (next === 'retry') throw busy(label, step)
  if (outcome.reason === 'fenced' && step) throw fenced(step)
  throw stoodDown(label, step?.state)
}

/**
 * The step is over, so its job is being stood down or has ended. An operator who redrives the execution of an
 * ended job would have it wait in a parking state for a year: it is stopped here. A stop that fails now is
 * repeated by the sweeper.
 */
export async function stopRedriven(ports: Claiming, jobId: string): Promise<void> {
  const job = await ports.jobs.get(jobId).catch(() => undefined)
  if (job) await stopIfIdleOrOver(ports, job).catch(() => undefined)
}

type Declined = { step: Step; job: Job | undefined; owner: string }

/** The job does not let the step run. @throws JobAborted */
export async function decline(ports: Claiming, { step, job, owner }: Declined): Promise<never> {
  const abort_request = job?.abort_request ?? null
  const event = { type: 'decline' as const, at: now(ports), owner, abort_request }
  const declined = await ports.steps.apply(step, event, step)
  if (declined.item && job) await closeUntouched(ports, { step: declined.item, job, owner })
  // The refusal stands whether or not the stop goes through; the sweeper repeats it.
  if (job) await stopIfIdleOrOver(ports, job).catch(() => undefined)
  throw notStarted(stepLabel(step), job?.state ?? 'unknown')
}

/** A step that the stand-down may not see any more never ran, so it is recorded as cleaned up here. */
async function closeUntouched(ports: Claiming, { step, job, owner }: Declined & { job: Job }): Promise<void> {
  if (!endsOwnStep(step, owner, job)) return
  const { abort_request } = job
  await ports.steps.apply(step, { type: 'cleaned', at: now(ports), owner, abort_request, ran: false }, step)
}

const now = ({ clock }: Claiming): Time => timeAt(clock.now())
