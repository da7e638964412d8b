import { JobAborted, StepBusy, StepFenced } from '#core/errors.ts'
import type { Job, Time } from '#core/job/job.ts'
import type { NewStep } from '#core/step/reducer.ts'
import { afterRefusedClaim, endsOwnStep } from '#core/step/refused-claim.ts'
import { type Step, type StepKey, stepLabel } from '#core/step/step.ts'
import type { StepCall } from '#core/template.ts'
import { timeAt } from '#core/time.ts'
import { admitJob } from '../jobs/admit.ts'
import { stopIfIdleOrOver } from '../jobs/stop-if-idle.ts'
import type { StepOutcome } from '../ports.ts'
import type { StepPorts } from './ports.ts'

/** Claims carry the first epoch: once it has risen, by force, no claim is valid. */
const CLAIM_EPOCH = 1
/** No Lambda runs longer, and a context that tells no deadline is not one. */
export const LONGEST_LAMBDA_MS = 15 * 60_000

export type Claimed =
  | { kind: 'claimed'; step: Step; job: Job; owner: string }
  | { kind: 'done'; result: unknown }

export const stepKeyOf = (call: StepCall): StepKey => ({
  job_execution_id: call.job_execution_id,
  name: call.step,
  order: call.order,
  index: call.index ?? null,
  visit: call.visit ?? null,
})

/**
 * Takes the step: writes the claim, then reads the job. The abort does the mirror image, so that it sees
 * the claim, or the claim sees it.
 *
 * @throws JobAborted, StepBusy, StepFenced, JobIdTakenError
 */
export async function claimStep(
  ports: StepPorts,
  call: StepCall,
  remainingMs = LONGEST_LAMBDA_MS,
): Promise<Claimed> {
  const owner = ports.ids.random()
  const outcome = await takeStep(ports, call, { owner, remainingMs })
  if (outcome.kind === 'refused') {
    if (outcome.reason === 'over') await stopRedriven(ports, call.job_execution_id)
    return refusedClaim(outcome)
  }
  const job = await admitJob(ports, call)
  if (job.kind !== 'refused') return { kind: 'claimed', step: outcome.item, job: job.item, owner }
  return decline(ports, { step: outcome.item, job: job.item, owner })
}

function takeStep(ports: StepPorts, call: StepCall, by: { owner: string; remainingMs: number }) {
  const key = stepKeyOf(call)
  const now = ports.clock.now()
  const step: NewStep = { ...key, template: call.template, abortable: call.abortable }
  const dead_by = timeAt(now + by.remainingMs)
  // A step that listens to no signal holds its lease until its Lambda is over.
  const lease_until = call.abortable === 'checkpoint' ? timeAt(now + ports.timing.leaseMs) : dead_by
  const lease = { owner: by.owner, epoch: CLAIM_EPOCH, lease_until, dead_by }
  return ports.steps.apply(key, { type: 'claim', at: timeAt(now), step, lease })
}

function refusedClaim(outcome: Extract<StepOutcome, { kind: 'refused' }>): Claimed {
  const step = outcome.item
  const label = step ? stepLabel(step) : 'the step'
  const next = afterRefusedClaim(outcome.reason)
  if (next === 'answer') return { kind: 'done', result: step?.result ?? null }
  if (next === 'retry') {
    throw new StepBusy(`attempt ${step?.attempt} of ${label} holds its lease until ${step?.lease_until}`)
  }
  if (outcome.reason === 'fenced') throw new StepFenced(`${label} belongs to a newer epoch (${step?.epoch})`)
  throw new JobAborted(`${label} is ${step?.state}: the job is being stood down`)
}

/**
 * The step is over, so its job is being stood down or has ended. An operator who redrives the execution of an
 * ended job would have it wait in a parking state for a year: it is stopped here. A stop that fails now is
 * repeated by the sweeper.
 */
async function stopRedriven(ports: StepPorts, jobId: string): Promise<void> {
  const job = await ports.jobs.get(jobId).catch(() => undefined)
  if (job) await stopIfIdleOrOver(ports, job).catch(() => undefined)
}

type Declined = { step: Step; job: Job | undefined; owner: string }

async function decline(ports: StepPorts, { step, job, owner }: Declined): Promise<never> {
  const abort_request = job?.abort_request ?? null
  const event = { type: 'decline' as const, at: now(ports), owner, abort_request }
  const declined = await ports.steps.apply(step, event, step)
  if (declined.item && job) await closeUntouched(ports, { step: declined.item, job, owner })
  // The refusal stands whether or not the stop goes through; the sweeper repeats it.
  if (job) await stopIfIdleOrOver(ports, job).catch(() => undefined)
  throw new JobAborted(`${stepLabel(step)} does not start: the job is ${job?.state ?? 'unknown'}`)
}

/** A step that the stand-down may not see any more never ran, so it is recorded as cleaned up here. */
async function closeUntouched(
  ports: StepPorts,
  { step, job, owner }: Declined & { job: Job },
): Promise<void> {
  if (!endsOwnStep(step, owner, job)) return
  const event = { type: 'cleaned' as const, at: now(ports), owner, abort_request: job.abort_request }
  await ports.steps.apply(step, event, step)
}

const now = ({ clock }: StepPorts): Time => timeAt(clock.now())
