import type { AttributeValue } from '@aws-sdk/client-dynamodb'
import { needsBringingOn } from '#core/clean-up/unfinished.ts'
import type { Job, Time } from '#core/job/job.ts'
import { type Step, type StepKey, stepSortKey } from '#core/step/step.ts'
import type { JsonValue } from '#core/value.ts'
import type { RecordKey } from '#engine/door-records.ts'

// Every key and index of the one table: pk = job id; sk = JOB, STEP#<order>#<name>[#<index>], NOTIFICATION#... or
// VALUE#<writer>#<place>: a writer's own, so that no other overwrites what a live item refers to.

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
/** A door's record, whose set no job's id can be. */
export const doorRecordKey = ({ set, id }: RecordKey): ItemKey => ({ pk: `#${set}`, sk: id })
export const doorKeyOf = (pk: string, sk: string): RecordKey | undefined =>
  pk.startsWith('#') ? { set: pk.slice(1), id: sk } : undefined

export const valueKey = (jobId: string, place: string): ItemKey => ({ pk: jobId, sk: `VALUE#${place}` })

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

/**
 * When the item of a job or step may go, in seconds since the epoch; that of a job that is to be brought on never. No item outlives a value
 * that it refers to.
 */
export function expiryOf(record: Job | Step, retentionDays: number): number | undefined {
  if (record.kind === 'job') {
    if (needsBringingOn(record)) return undefined
    return firstOf(expiry(record.updated_at, retentionDays), record.input)
  }
  const last = expiry(record.updated_at, LONGEST_RUN_DAYS + retentionDays)
  return firstOf(last, record.checkpoint, record.result)
}

const firstOf = (last: number, ...values: (JsonValue | null)[]): number =>
  Math.min(last, ...values.map((value) => (value && 'place' in value && value.expires_at) || last))

/** An item that refers to a value is written for a year at most, and stays for another; clean-ups may be repeated. */
export const valueExpiry = (writtenAt: number, retentionDays: number): number =>
  Math.floor(writtenAt / 1000) + (3 * LONGEST_RUN_DAYS + 2 * retentionDays) * DAY_SECONDS

export const notificationExpiry = (timestamp: Time, retentionDays: number): number =>
  expiry(timestamp, LONGEST_RUN_DAYS + retentionDays)
