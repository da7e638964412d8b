import type { AttributeValue } from '@aws-sdk/client-dynamodb'
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb'
import type { Job } from '#core/job/job.ts'
import { isTerminal } from '#core/states.ts'
import { type Step, type StepKey, stepSortKey } from '#core/step/step.ts'

export const JOB_SORT_KEY = 'JOB'
export const STEP_PREFIX = 'STEP#'
export const NOTIFICATION_PREFIX = 'NOTIFICATION#'

export type Item = Record<string, AttributeValue>
export type ItemKey = { pk: string; sk: string }

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

export const jobKey = (jobId: string): ItemKey => ({ pk: jobId, sk: JOB_SORT_KEY })
export const stepKey = (key: StepKey): ItemKey => ({ pk: key.job_execution_id, sk: stepSortKey(key) })

/** Partitions of the index `active`: jobs to be brought on, and ended ones that get a last look. */
export const ACTIVE = { going: 'yes', ended: 'ended' } as const

/** `active` and `list_key` are there for the two indexes only. */
const jobIndexes = (job: Job): Record<string, string> => ({
  list_key: `${job.created_at}#${job.job_execution_id}`,
  active: isTerminal(job.state) ? ACTIVE.ended : ACTIVE.going,
})

/** @throws ItemTooLargeError */
export function refuseLarge(key: ItemKey, value: Job | Step): void {
  const given = Object.fromEntries(Object.entries(value).filter(([name]) => GIVEN.includes(name)))
  for (const [what, part, max] of [
    ['the data', given, MAX_GIVEN_BYTES],
    ['all', value, MAX_ITEM_BYTES],
  ] as const) {
    const bytes = Buffer.byteLength(JSON.stringify(part))
    if (bytes <= max) continue
    throw new ItemTooLargeError(
      `${what} of the item ${key.pk} ${key.sk} would have ${bytes} bytes, at most ${max} are kept: ` +
        'write large data to S3 and keep where it is',
    )
  }
}

export function encode(key: ItemKey, value: Job | Step, expiresAt?: number): Item {
  const indexes = value.kind === 'job' ? jobIndexes(value) : {}
  const expiry = expiresAt === undefined ? {} : { expires_at: expiresAt }
  const told = Object.fromEntries(Object.entries(value).filter(([, part]) => part !== null))
  return marshall({ ...key, ...told, ...indexes, ...expiry }, { removeUndefinedValues: true })
}

/** Null is not written: a step's first write has half the attributes, and costs accordingly. */
const NULL_FIELDS: Record<string, readonly string[]> = {
  job: ['started_at', 'ended_at', 'abort_request', 'fault', 'closed', 'input'],
  step: [
    ...['index', 'visit', 'owner', 'started_at', 'ended_at', 'lease_until', 'dead_by', 'progress'],
    ...['checkpoint', 'checkpoint_at', 'result', 'fault', 'abort_request'],
  ],
}
const NULLS = new Map(
  Object.entries(NULL_FIELDS).map(([kind, names]) => [
    kind,
    Object.fromEntries(names.map((name) => [name, null])),
  ]),
)

export function decode<Value extends Job | Step>(item: Item): Value {
  const { pk, sk, active, list_key, expires_at, write_id, ...value } = unmarshall(item)
  return inReadingOrder({ ...NULLS.get(value.kind as string), ...value }) as Value
}

/** DynamoDB keeps no order of attributes: people who read an answer should find who, what, when. */
const READING_ORDER = [
  ...['kind', 'job_execution_id', 'template', 'tenant_id', 'name', 'index', 'order', 'visit', 'state'],
  ...['status', 'error', 'cause', 'mode', 'reason', 'requested_by', 'requested_at', 'force_at', 'rollback'],
  ...[
    'escalations',
    'exception',
    'exception_message',
    'module_name',
    'function_name',
    'done',
    'total',
    'unit',
  ],
  ...[
    'execution_arn',
    'created_at',
    'created_by',
    'started_at',
    'ended_at',
    'updated_at',
    'version',
    'input',
  ],
  ...['abort_request', 'progress', 'fault', 'left_behind', 'at', 'end'],
]
const RANK = new Map(READING_ORDER.map((name, rank) => [name, rank]))
/** What the author or the caller gave stays as it came. */
const THEIRS = new Set(['input', 'result', 'checkpoint'])

function inReadingOrder(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(inReadingOrder)
  if (value === null || typeof value !== 'object') return value
  const rank = (name: string): number => RANK.get(name) ?? RANK.size
  const entries = Object.entries(value).sort(([a], [b]) => rank(a) - rank(b) || (a < b ? -1 : 1))
  return Object.fromEntries(
    entries.map(([name, part]) => [name, THEIRS.has(name) ? part : inReadingOrder(part)]),
  )
}
