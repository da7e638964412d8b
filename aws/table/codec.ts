import { marshall, unmarshall } from '@aws-sdk/util-dynamodb'
import type { Job } from '#core/job/job.ts'
import type { Step } from '#core/step/step.ts'
import type { Change } from '#engine/notify.ts'
import { type Item, type ItemKey, indexKeys } from './keys.ts'

/** Largest item we write, in bytes of JSON: far below DynamoDB's 400 KB, so that a Query stays cheap. */
const MAX_ITEM_BYTES = 64 * 1024

/**
 * What the author or the caller gave may take this much of it. The rest stays free for what Standdown itself
 * writes later: an item too large to be fenced or settled would keep its job CANCELLING for ever.
 */
const MAX_GIVEN_BYTES = 40 * 1024
const GIVEN = ['input', 'result', 'checkpoint', 'progress']

/** The item would be larger than Standdown writes. */
export class ItemTooLargeError extends Error {
  override readonly name = 'ItemTooLargeError'
}

/** @throws ItemTooLargeError */
export function refuseLarge(key: ItemKey, value: Job | Step): void {
  const given = Object.fromEntries(Object.entries(value).filter(([name]) => GIVEN.includes(name)))
  refuseAbove(MAX_GIVEN_BYTES, given, `the data of the item ${key.pk} ${key.sk}`)
  refuseAbove(MAX_ITEM_BYTES, value, `all of the item ${key.pk} ${key.sk}`)
}

function refuseAbove(max: number, value: unknown, what: string): void {
  const bytes = Buffer.byteLength(JSON.stringify(value))
  if (bytes <= max) return
  throw new ItemTooLargeError(
    `${what} would have ${bytes} bytes, at most ${max} are kept: write large data to S3 and keep where it is`,
  )
}

/** Null is not written: a step's first write has half the attributes, and costs accordingly. */
export function encode(key: ItemKey, value: Job | Step, expiresAt?: number): Item {
  const attributes = Object.fromEntries(Object.entries(value).filter(([, part]) => part !== null))
  const indexes = value.kind === 'job' ? indexKeys(value) : {}
  const expiry = expiresAt === undefined ? {} : { expires_at: expiresAt }
  return marshall({ ...key, ...attributes, ...indexes, ...expiry }, { removeUndefinedValues: true })
}

const nulls = (...names: string[]): Record<string, null> =>
  Object.fromEntries(names.map((name) => [name, null]))

const JOB_TIMES = ['started_at', 'ended_at', 'execution_started_at']
const JOB_NULLS = nulls(...JOB_TIMES, 'abort_request', 'fault', 'closed', 'input', 'clean_up')
const STEP_TIMES = ['started_at', 'ended_at', 'lease_until', 'dead_by', 'checkpoint_at']
const STEP_VALUES = ['progress', 'checkpoint', 'result', 'fault', 'abort_request', 'clean_up']
const STEP_TRAITS = ['irreversible', 'rank', 'loop_order', 'hooks']
const STEP_CLAIM = ['owner', 'execution_arn', 'execution_started_at', 'function_arn']
const STEP_NULLS = nulls('index', 'visit', ...STEP_TIMES, ...STEP_VALUES, ...STEP_TRAITS, ...STEP_CLAIM)

// What items of layout 1 do not say, as it was then.
const JOB_LAYOUT_1 = { layout: 1, not_undone: [] }
const STEP_LAYOUT_1 = { layout: 1, clean_up_after: 'lease', fenced: false, resumes: false }

export function decode<Value extends Job | Step>(item: Item): Value {
  const { pk, sk, active, list_key, expires_at, write_id, ...value } = unmarshall(item)
  const absent =
    value.kind === 'job' ? { ...JOB_LAYOUT_1, ...JOB_NULLS } : { ...STEP_LAYOUT_1, ...STEP_NULLS }
  return { ...absent, ...value } as Value
}

/** A record of the table's stream; either image is absent where the item was created or removed. */
export type StreamImages = { OldImage?: unknown; NewImage?: unknown }

export const changeOf = ({ OldImage, NewImage }: StreamImages): Change => ({
  before: OldImage ? decode(OldImage as Item) : undefined,
  after: NewImage ? decode(NewImage as Item) : undefined,
})
