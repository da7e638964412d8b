import type { Job } from '#core/job/job.ts'
import type { Step } from '#core/step/step.ts'
import type { ObjectMigrationInput } from '../../steps/object-migration/template.ts'
import type { Amounts, ListedMigration } from './answers.ts'

type Location = ObjectMigrationInput['source']

/** As people write a place: `bucket/prefix`, with the endpoint of a store other than Amazon's before it. */
const placeOf = ({ endpoint, bucket, prefix = '' }: Location): string =>
  `${endpoint ? `${endpoint.replace(/\/+$/, '')}/` : ''}${bucket}${prefix && `/${prefix}`}`

/** A migration in Gelato's words, as far as its own record tells. */
export const viewMigration = (job: Job, input: ObjectMigrationInput): ListedMigration => ({
  Id: job.job_execution_id,
  Type: 'migration',
  Status: job.state,
  SourceLocation: placeOf(input.source),
  DestLocation: placeOf(input.destination),
  RemainSource: input.remain_source ?? true,
  CreateTime: job.created_at,
  StartTime: job.started_at,
  EndTime: job.ended_at,
  Fault: job.fault?.exception_message ?? null,
})

type Amount = { objects: number; bytes: number }

/**
 * How far it is, in bytes and objects. The totals are null until listing has ended; `Progress` is per cent of the bytes,
 * of the objects where all of them are empty, and null as long as nobody knows.
 */
export function viewAmounts(steps: Step[]): Amounts {
  const listing = steps.find(({ name, state }) => name === 'list-objects' && state === 'SUCCEEDED')
  const total = listing ? (resultOf(listing) ?? toldBy(listing)) : null
  const copies = steps.filter(({ name }) => name === 'copy-objects')
  const passed = copies.map((step) => resultOf(step) ?? toldBy(step))
  const bytes = passed.reduce((sum, amount) => sum + amount.bytes, 0)
  const objects = passed.reduce((sum, amount) => sum + amount.objects, 0)
  return {
    TotalCapacity: total?.bytes ?? null,
    PassedCapacity: bytes,
    TotalCount: total?.objects ?? null,
    PassedCount: objects,
    Progress: total && percentOf({ objects, bytes }, total),
  }
}

function percentOf(passed: Amount, total: Amount): number {
  const [done, all] = total.bytes > 0 ? [passed.bytes, total.bytes] : [passed.objects, total.objects]
  return all === 0 ? 100 : Math.min(100, Math.floor((100 * done) / all))
}

const toldBy = ({ progress }: Step): Amount => ({
  bytes: progress?.done ?? 0,
  objects: progress?.also?.done ?? 0,
})

/** Null where there is none, or too large a one for the step's own item: the list of many batches. */
function resultOf({ result }: Step): Amount | null {
  if (!result || !('text' in result)) return null
  const { objects, bytes } = (JSON.parse(result.text) ?? {}) as Partial<Amount>
  return objects === undefined || bytes === undefined ? null : { objects, bytes }
}
