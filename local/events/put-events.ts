import { randomUUID } from 'node:crypto'
import { AwsError, type BusEvent } from '#local/types.ts'
import { isFields } from './invalid-pattern.ts'
import type { Names } from './rule.ts'
import type { RuleBook } from './rule-book.ts'

type Entry = Record<string, unknown>
type EntryResult = { EventId: string } | { ErrorCode: string; ErrorMessage: string }
type PutEventsAnswer = { FailedEntryCount: number; Entries: EntryResult[] }

export type PutEventsContext = Names & {
  rules: RuleBook
  put(event: BusEvent, busName: string): void
}

// https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutEvents.html
const ENTRIES = 10
const BYTES = 256 * 1024

export function putEvents(context: PutEventsContext, input: Record<string, unknown>): PutEventsAnswer {
  const entries = entriesOf(input.Entries)
  const results = entries.map((entry) => putEntry(context, entry))
  return { FailedEntryCount: results.filter((result) => 'ErrorCode' in result).length, Entries: results }
}

function entriesOf(value: unknown): Entry[] {
  const entries = Array.isArray(value) ? value.filter(isFields) : []
  if (!Array.isArray(value) || entries.length !== value.length || entries.length === 0) {
    throw new AwsError('ValidationException', 'Entries must be an array of 1 to 10 objects')
  }
  if (entries.length > ENTRIES) {
    const message = `1 validation error detected: Value at 'entries' failed to satisfy constraint: Member must have length less than or equal to ${ENTRIES}`
    throw new AwsError('ValidationException', message)
  }
  const size = entries.reduce((sum, entry) => sum + sizeOf(entry), 0)
  if (size <= BYTES) return entries
  throw new AwsError('ValidationException', `Total size of the entries in the request is over the limit.`, {
    fields: { size, limit: BYTES },
  })
}

/** AWS counts the time as 14 bytes and the other fields as UTF-8. */
function sizeOf(entry: Entry): number {
  const resources = Array.isArray(entry.Resources) ? entry.Resources : []
  const texts = [entry.Source, entry.DetailType, entry.Detail, ...resources]
  const bytes = texts.reduce<number>((sum, text) => sum + Buffer.byteLength(String(text ?? '')), 0)
  return bytes + (entry.Time === undefined ? 0 : 14)
}

function putEntry(context: PutEventsContext, entry: Entry): EntryResult {
  const busName = busNameOf(entry.EventBusName)
  const detail = detailOf(entry.Detail)
  const time = timeOf(entry.Time)
  for (const name of ['Source', 'DetailType', 'Detail']) {
    if (typeof entry[name] !== 'string' || entry[name] === '') {
      return invalid(name, `${name} is a required argument.`)
    }
  }
  if (String(entry.Source).startsWith('aws.')) {
    return { ErrorCode: 'NotAuthorizedForSourceException', ErrorMessage: 'Not authorized for the source.' }
  }
  if (!detail) return { ErrorCode: 'MalformedDetail', ErrorMessage: 'Detail is malformed.' }
  if (!time) return invalid('Time', `${entry.Time} is no time.`)
  if (!context.rules.hasBus(busName)) return invalid('EventBusName', `Event bus ${busName} does not exist.`)
  const id = randomUUID()
  context.put(
    {
      version: '0',
      id,
      'detail-type': String(entry.DetailType),
      source: String(entry.Source),
      account: context.account,
      time,
      region: context.region,
      resources: Array.isArray(entry.Resources) ? entry.Resources.map(String) : [],
      detail,
    },
    busName,
  )
  return { EventId: id }
}

function invalid(name: string, reason: string): EntryResult {
  return { ErrorCode: 'InvalidArgument', ErrorMessage: `Parameter ${name} is not valid. Reason: ${reason}` }
}

/** A bus is named by its name or its ARN. */
function busNameOf(value: unknown): string {
  if (typeof value !== 'string' || value === '') return 'default'
  return value.startsWith('arn:') ? value.slice(value.indexOf('/') + 1) : value
}

function detailOf(text: unknown): Record<string, unknown> | undefined {
  try {
    const detail: unknown = JSON.parse(String(text))
    return isFields(detail) ? detail : undefined
  } catch {
    return undefined
  }
}

/** The wire carries epoch seconds; events carry whole seconds in UTC. */
function timeOf(value: unknown): string | undefined {
  const time =
    value === undefined || value === null
      ? new Date()
      : new Date(typeof value === 'number' ? value * 1000 : String(value))
  return Number.isNaN(time.getTime()) ? undefined : time.toISOString().replace(/\.\d+Z$/, 'Z')
}
