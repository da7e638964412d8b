import type { AttributeValue } from '@aws-sdk/client-dynamodb'
import { needsBringingOn } from '#core/clean-up/unfinished.ts'
import type { Job, Time } from '#core/job/job.ts'
import { isTerminal } from '#core/states.ts'
import { type Step, type StepKey, stepSortKey } from '#core/step/step.ts'

// Every key and index of the one table: pk = job id; sk = JOB, STEP#<order>#<name>[#<index>] or NOTIFICATION#...

export type Item = Record<string, AttributeValue>
export type ItemKey = { pk: string; sk: string }

export const STEP_PREFIX = 'STEP#'
export const NOTIFICATION_PREFIX = 'NOTIFICATION#'

export const jobKey = (jobId: string): ItemKey => ({ pk: jobId, sk: 'JOB' })
export const stepKey = (key: StepKey): ItemKey => ({ pk: key.job_execution_id, sk: stepSortKey(key) })
export const keyOf = (value: Job | Step): ItemKey =>
  value.kind === 'job' ? jobKey(value.job_execution_id) : stepKey(value)
export const notificationKey = (jobId: string, place: string): ItemKey => ({
  pk: jobId,
  sk: `${NOTIFICATION_PREFIX}${place}`,
})

/** Of the one record that says who sweeps. No execution, and so no job, can have this name. */
export const SWEEP_LEASE_KEY: ItemKey = { pk: '#sweep', sk: 'LEASE' }

export const marshalledKey = ({ pk, sk }: ItemKey): Item => ({ pk: { S: pk }, sk: { S: sk } })

/** Partitions of the index `active`: jobs to be brought on, ended ones that get a last look, unsent notifications. */
export const ACTIVE = { going: 'yes', ended: 'ended', unsent: 'unsent' } as const
export const INDEX = { active: 'active', byTemplate: 'by_template' } as const

/** `active` and `list_key` are there for the two indexes only. */
export const indexKeys = (job: Job): Record<string, string> => ({
  list_key: `${job.created_at}#${job.job_execution_id}`,
  active: needsBringingOn(job) ? ACTIVE.going : ACTIVE.ended,
})

const DAY_SECONDS = 86_400
/** A Standard execution runs for a year at most; until then its steps are needed. */
const LONGEST_RUN_DAYS = 366

const expiry = (time: Time, days: number): number => Math.floor(Date.parse(time) / 1000) + days * DAY_SECONDS

/** When the item of a job or step may go, in seconds since the epoch; a running job's never. */
export function expiryOf(value: Job | Step, retentionDays: number): number | undefined {
  if (value.kind === 'step') return expiry(value.updated_at, LONGEST_RUN_DAYS + retentionDays)
  return isTerminal(value.state) ? expiry(value.updated_at, retentionDays) : undefined
}

export const notificationExpiry = (timestamp: Time, retentionDays: number): number =>
  expiry(timestamp, LONGEST_RUN_DAYS + retentionDays)
