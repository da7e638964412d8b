import { marshall, unmarshall } from '@aws-sdk/util-dynamodb'
import type { Job } from '#core/job/job.ts'
import { LAYOUT } from '#core/layout.ts'
import type { Step } from '#core/step/step.ts'
import { type JsonText, type JsonValue, jsonText } from '#core/value.ts'
import type { Change } from '#engine/notify.ts'
import { fitted } from './fit.ts'
import { type Item, type ItemKey, indexKeys } from './keys.ts'

/** Kept as JSON text, or as where the text is. */
const VALUES = ['input', 'result', 'checkpoint']

/** Null is not written: a step's first write has half the attributes, and costs accordingly. */
export function encode(key: ItemKey, record: Job | Step, expiresAt?: number): Item {
  const parts = Object.entries(fitted(record)).filter(([, part]) => part !== null)
  const attributes = Object.fromEntries(parts.map(([name, part]) => [name, encodedPart(name, part)]))
  const indexes = record.kind === 'job' ? indexKeys(record) : {}
  const expiry = expiresAt === undefined ? {} : { expires_at: expiresAt }
  return marshall({ ...key, ...attributes, ...indexes, ...expiry }, { removeUndefinedValues: true })
}

/** Numbers from people's data: as text they are any that JSON has; DynamoDB's own have fewer, and are refused beyond. */
const AS_TEXT = ['progress', 'rank']

function encodedPart(name: string, part: unknown): unknown {
  if (AS_TEXT.includes(name)) return JSON.stringify(part)
  if (!VALUES.includes(name)) return part
  const value = part as JsonValue
  return 'text' in value ? value.text : value
}

const nulls = (...names: string[]): Record<string, null> =>
  Object.fromEntries(names.map((name) => [name, null]))

const JOB_TIMES = ['started_at', 'ended_at', 'execution_started_at']
const JOB_NULLS = nulls(...JOB_TIMES, 'abort_request', 'fault', 'closed', 'clean_up')
const STEP_TIMES = ['started_at', 'ended_at', 'lease_until', 'dead_by', 'checkpoint_at']
const STEP_VALUES = ['progress', 'checkpoint', 'result', 'fault', 'abort_request', 'clean_up']
const STEP_TRAITS = ['irreversible', 'rank', 'item_count', 'loop_order', 'hooks']
const STEP_CLAIM = ['owner', 'execution_arn', 'execution_started_at', 'function_arn']
const STEP_NULLS = nulls('index', 'visit', ...STEP_TIMES, ...STEP_VALUES, ...STEP_TRAITS, ...STEP_CLAIM)

// What items of layout 1 do not say, as it was then.
const JOB_LAYOUT_1 = { layout: 1, not_undone: [] }
const STEP_LAYOUT_1 = { layout: 1, clean_up_after: 'lease', fenced: false, resumes: false }

export function decode<Value extends Job | Step>(item: Item): Value {
  const { pk, sk, active, list_key, expires_at, write_id, ...attributes } = unmarshall(item)
  const read = attributes.layout === undefined ? valueOfLayout1 : decodedPart
  const parts = Object.entries(attributes).map(([name, part]) => [name, read(name, part)])
  const isJob = attributes.kind === 'job'
  const absent = isJob ? { ...JOB_LAYOUT_1, ...JOB_NULLS } : { ...STEP_LAYOUT_1, ...STEP_NULLS }
  const value = { ...absent, ...Object.fromEntries(parts) }
  // An input of null was left out in layout 1.
  return isJob && value.input === undefined ? { ...value, input: textOf(null) } : value
}

const textOf = (value: unknown): JsonValue => ({
  text: jsonText(value, { what: 'a value', max: Number.POSITIVE_INFINITY }),
})

function decodedPart(name: string, part: unknown): unknown {
  if (AS_TEXT.includes(name) && typeof part === 'string') return JSON.parse(part)
  return VALUES.includes(name) && typeof part === 'string' ? { text: part as JsonText } : part
}

/** Values were DynamoDB's own maps, lists and numbers, and always in the item. */
const valueOfLayout1 = (name: string, part: unknown): unknown => (VALUES.includes(name) ? textOf(part) : part)

/**
 * The item that a record was read from, as far as a change of it has to know: every value of an older layout counts
 * as changed, so that none stays behind as it was.
 */
export function encodeFrom(key: ItemKey, record: Job | Step, expiresAt?: number): Item {
  const item = encode(key, record, expiresAt)
  if (record.layout >= LAYOUT) return item
  const older = [...VALUES, 'progress', 'layout'].filter((name) => name in item)
  return { ...item, ...Object.fromEntries(older.map((name) => [name, { NULL: true }])) }
}

/** A record of the table's stream; either image is absent where the item was created or removed. */
export type StreamImages = { OldImage?: unknown; NewImage?: unknown }

export function changeOf({ OldImage, NewImage }: StreamImages): Change {
  const after = NewImage ? decode<Job | Step>(NewImage as Item) : undefined
  // A first version in the place of another record: that one had expired.
  const isFirst = after?.version === 1
  return { before: OldImage && !isFirst ? decode(OldImage as Item) : undefined, after }
}
