import type { Job } from '#core/job/job.ts'
import type { Step } from '#core/step/step.ts'
import { INLINE_BYTES, inlineBytesOf } from '#core/value.ts'

/**
 * What one read unit reads. Every look at a job reads its item, every drain those of its steps, so none may be
 * larger. JSON has more bytes than the item itself, whose names and texts have no quotes.
 */
const ITEM_BYTES = 4096
/** What the codec adds: the keys, those of the indexes, the write's id, the expiry. */
const ADDED_BYTES = 420

/** What people, executions and errors say, and how often: cut where an item has no room for it. */
type Cut = { bytes: number; entries: number }
const CUTS: Cut[] = [
  { bytes: 1024, entries: 50 },
  { bytes: 512, entries: 20 },
  { bytes: 256, entries: 10 },
  { bytes: 128, entries: 6 },
  { bytes: 64, entries: 4 },
  { bytes: 36, entries: 3 },
  { bytes: 28, entries: 2 },
]

const OF_JOB = ['abort_request', 'closed', 'fault', 'left_behind', 'not_undone', 'clean_up', 'created_by']
const OF_STEP = ['abort_request', 'fault', 'clean_up', 'irreversible']

/** The record as its item has room for it. The same record is always cut in the same way. */
export function fitted<Value extends Job | Step>(record: Value): Value {
  const names = record.kind === 'job' ? OF_JOB : OF_STEP
  const rest = Object.entries(record).filter(([name]) => !names.includes(name) && !VALUES.includes(name))
  const room = ITEM_BYTES - ADDED_BYTES - bytesOf(Object.fromEntries(rest)) - valueBytes(record)
  let parts = Object.fromEntries(Object.entries(record).filter(([name]) => names.includes(name)))
  for (const cut of CUTS) {
    if (bytesOf(parts) <= room) break
    parts = cutPart(parts, cut) as typeof parts
  }
  return { ...record, ...parts }
}

const VALUES = ['input', 'result', 'checkpoint']

/** A large value of an older layout stays where it is, and makes no text shorter. */
function valueBytes(record: Job | Step): number {
  const values = record.kind === 'job' ? [record.input] : [record.checkpoint, record.result]
  const inline = values.reduce((sum, value) => sum + inlineBytesOf(value), 0)
  const apart = values.filter((value) => value && 'place' in value)
  return Math.min(inline, INLINE_BYTES) + bytesOf(apart)
}

/** The name of a stand-down is compared with others. */
const WHOLE = ['call']

function cutPart(part: unknown, cut: Cut): unknown {
  if (typeof part === 'string') return cutText(part, cut.bytes)
  if (Array.isArray(part)) return cutList(part, cut.entries).map((entry) => cutPart(entry, cut))
  if (part === null || typeof part !== 'object') return part
  const fields = Object.entries(part)
  return Object.fromEntries(
    fields.map(([name, value]) => [name, WHOLE.includes(name) ? value : cutPart(value, cut)]),
  )
}

/** The first ones and the last. */
const cutList = (list: unknown[], entries: number): unknown[] =>
  list.length <= entries ? list : [...list.slice(0, entries - 1), list.at(-1)]

const ELLIPSIS = '…'

function cutText(text: string, max: number): string {
  const whole = Buffer.from(text)
  if (whole.length <= max) return text
  // A character may be cut in the middle: then it is left out.
  const begin = new TextDecoder().decode(whole.subarray(0, max - Buffer.byteLength(ELLIPSIS)), {
    stream: true,
  })
  return `${begin}${ELLIPSIS}`
}

const bytesOf = (value: unknown): number => Buffer.byteLength(JSON.stringify(value))
