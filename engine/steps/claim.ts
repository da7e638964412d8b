import { randomUUID } from 'node:crypto'
import type { StepOutcome } from '#aws/table/store.ts'
import { JobAborted, StepBusy, StepFenced } from '#core/errors.ts'
import type { Job } from '#core/job/job.ts'
import type { NewStep } from '#core/step/reducer.ts'
import { type Step, type StepKey, stepLabel } from '#core/step/step.ts'
import type { StepPayload } from '#core/template.ts'
import type { StepDeps } from '#sdk/deps.ts'
import { admitJob } from '../jobs/admit.ts'
import { stopIfIdle } from '../jobs/stop-if-idle.ts'
import { timeAfter } from './time.ts'

/** Claims carry the first epoch: once it has risen, by force, no claim is valid. */
const CLAIM_EPOCH = 1
/** No Lambda runs longer, and a context that tells no deadline is not one. */
export const LONGEST_LAMBDA_MS = 15 * 60_000

export type Claimed =
  | { kind: 'claimed'; step: Step; job: Job; owner: string }
  | { kind: 'done'; result: unknown }

export const stepKeyOf = (told: StepPayload['standdown']): StepKey => ({
  job_execution_id: told.job_execution_id,
  name: told.step,
  order: told.order,
  index: told.index ?? null,
  visit: told.visit ?? null,
})

/**
 * Takes the step: writes the claim, then reads the job. The abort does the mirror image, so that it sees
 * the claim, or the claim sees it.
 *
 * @throws JobAborted, StepBusy, StepFenced, JobIdTakenError
 */
export async function claimStep(
  deps: StepDeps,
  told: StepPayload['standdown'],
  remainingMs = LONGEST_LAMBDA_MS,
): Promise<Claimed> {
  const owner = randomUUID()
  const outcome = await takeStep(deps, told, { owner, remainingMs })
  if (outcome.kind === 'refused') {
    if (outcome.reason === 'over') await endRedriven(deps, told.job_execution_id)
    return refusedClaim(outcome)
  }
  const job = await admitJob(deps, told)
  if (job.kind !== 'refused') return { kind: 'claimed', step: outcome.item, job: job.item, owner }
  return decline(deps, { step: outcome.item, job: job.item, owner })
}

function takeStep(
  deps: StepDeps,
  told: StepPayload['standdown'],
  by: { owner: string; remainingMs: number },
) {
  const key = stepKeyOf(told)
  const step: NewStep = { ...key, template: told.template, abortable: told.abortable }
  const dead_by = timeAfter(by.remainingMs)
  // A step that listens to no signal holds its lease until its Lambda is over.
  const lease_until = told.abortable === 'checkpoint' ? timeAfter(deps.leaseMs) : dead_by
  const lease = { owner: by.owner, epoch: CLAIM_EPOCH, lease_until, dead_by }
  return deps.store.applyStep(key, { type: 'claim', at: timeAfter(0), step, lease })
}

function refusedClaim(outcome: Extract<StepOutcome, { kind: 'refused' }>): Claimed {
  const step = outcome.item
  const label = step ? stepLabel(step) : 'the step'
  if (outcome.reason === 'done') return { kind: 'done', result: step?.result ?? null }
  if (outcome.reason === 'busy') {
    throw new StepBusy(`attempt ${step?.attempt} of ${label} holds its lease until ${step?.lease_until}`)
  }
  if (outcome.reason === 'fenced') throw new StepFenced(`${label} belongs to a newer epoch (${step?.epoch})`)
  throw new JobAborted(`${label} is ${step?.state}: the job is being stood down`)
}

/** A redrive revives the execution of a job that has ended: nothing of it would ever come to an end. */
async function endRedriven(deps: StepDeps, jobId: string): Promise<void> {
  const job = await deps.store.getJob(jobId).catch(() => undefined)
  // The refusal stands whether or not the stop goes through; the sweeper repeats it.
  if (job) await endIdle(deps, job).catch(() => undefined)
}

type Declined = { step: Step; job: Job | undefined; owner: string }

async function decline(deps: StepDeps, { step, job, owner }: Declined): Promise<never> {
  const abort_request = job?.abort_request ?? null
  const event = { type: 'decline' as const, at: timeAfter(0), owner, abort_request }
  const declined = await deps.store.applyStep(step, event, step)
  if (declined.item && job && isOver(job)) await closeUntouched(deps, { step: declined.item, job, owner })
  // The refusal stands whether or not the stop goes through; the sweeper repeats it.
  if (job) await endIdle(deps, job).catch(() => undefined)
  throw new JobAborted(`${stepLabel(step)} does not start: the job is ${job?.state ?? 'unknown'}`)
}

const isOver = (job: Job): boolean => job.closed !== null || job.ended_at !== null

/** The stand-down may have looked for the last time: what never ran needs no clean-up but this. */
async function closeUntouched(deps: StepDeps, { step, job, owner }: Declined & { job: Job }): Promise<void> {
  if (step.touched || step.state !== 'CANCELLING' || step.owner !== owner) return
  const event = { type: 'cleaned' as const, at: timeAfter(0), owner, abort_request: job.abort_request }
  await deps.store.applyStep(step, event, step)
}

/** A raced execution of a job that has already ended is stopped, too. */
export async function endIdle(deps: StepDeps, job: Job): Promise<void> {
  if (job.ended_at !== null && job.state !== 'SUCCEEDED') await deps.executions.stop(job)
  else await stopIfIdle(deps, job)
}
