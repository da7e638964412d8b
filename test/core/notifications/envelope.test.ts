import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { Job } from '#core/job/job.ts'
import { type NotificationRecord, notificationsOf } from '#core/notifications/envelope.ts'
import { notification as schema } from '#core/notifications/schemas.ts'
import type { Step } from '#core/step/step.ts'
import { FAULT, JOBS, request, STEPS, stepIn } from '../samples.ts'
import { shuffled } from '../shuffled.ts'
import { JOB_WRITES, STEP_WRITES } from './writes.ts'

const id = (text: string): string => text
const notified = <Item extends Job | Step>(before: Item | undefined, after: Item) =>
  notificationsOf(before, after, id).map((record) => record.notification)

/** A write with its notifications, as the file beside this test has it. */
const lines = (kind: string, title: string, records: NotificationRecord[]): string[] => [
  `${kind}: ${title}`,
  ...records.flatMap(({ sortKey, notification }) => [`  ${sortKey}`, `  ${JSON.stringify(notification)}`]),
]

describe('every write of a reducer', () => {
  const file = join(import.meta.dirname, 'notifications.txt')
  const written = (arranged: <Value>(value: Value) => Value): string => {
    const records = <Item extends Job | Step>(before: Item | undefined, after: Item) =>
      notificationsOf(arranged(before), arranged(after), id)
    const all = [
      ...JOB_WRITES.flatMap(({ title, before, after }) => lines('job', title, records(before, after))),
      ...STEP_WRITES.flatMap(({ title, before, after }) => lines('step', title, records(before, after))),
    ]
    return `${all.join('\n')}\n`
  }

  test('is notified as notifications.txt has it, byte for byte', async () => {
    await expect(written((value) => value)).toMatchFileSnapshot(file)
  })

  test('is notified alike, in whatever order the table gives the fields of its items', () => {
    expect(written(shuffled)).toBe(readFileSync(file, 'utf8'))
  })

  test.each([...JOB_WRITES, ...STEP_WRITES])('counts its notifications: $title', ({ before, after }) => {
    const sequences = notified(before, after).map(({ sequence }) => sequence)
    const first = before?.notified ?? 0
    expect(sequences).toEqual(sequences.map((_sequence, i) => first + i + 1))
    expect(after.notified).toBe(first + sequences.length)
  })

  test.each([...JOB_WRITES, ...STEP_WRITES])('is what the schema says, in its order: $title', (write) => {
    for (const one of notified(write.before, write.after))
      expect(JSON.stringify(schema.parse(one))).toBe(JSON.stringify(one))
  })
})

/** The names of a value's fields in their order, those of what is in it behind them. */
function outline(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(outline)
  if (value === null || typeof value !== 'object') return null
  return Object.entries(value).map(([name, part]) => [name, outline(part)])
}

test('the sample in docs/events.md is a notification, and has its fields in this order', () => {
  const text = readFileSync(join(import.meta.dirname, '../../../docs/events.md'), 'utf8')
  const sample: unknown = JSON.parse(/```json\n(\{\n.*?\n\})\n```/s.exec(text)?.[1] ?? '')
  expect(schema.parse(sample)).toEqual(sample)
  const [error] = notified(JOBS['CANCELLING, force, closed']!, shuffled(JOBS['FAILED, of a clean-up']!))
  expect(outline(error)).toEqual(outline(sample))
})

test('the same change gives the same messages, ids included, however often it is computed', () => {
  const [before, after] = [JOBS['CANCELLING, force, closed']!, JOBS.CANCELLED!]
  expect(notificationsOf(before, after, id)).toEqual(notificationsOf(before, after, id))
})

test('the numbers go on from those of the item before, and every message has an id of its own', () => {
  const before = { ...STEPS.SUCCEEDED!, notified: 4 }
  const after = stepIn('CANCELLED', { ...before, state: 'CANCELLED', notified: 6, abort_request: request })
  const notifications = notified(before, after)
  expect(notifications.map((one) => [one.event_type, one.sequence])).toEqual([
    ['step.cancel.start', 5],
    ['step.cancel.end', 6],
  ])
  expect(new Set(notifications.map((one) => one.message_id)).size).toBe(2)
})

test('an item that is new was PENDING before', () => {
  const [first] = notified(undefined, JOBS['CANCELLING, graceful']!)
  expect(first).toMatchObject({ event_type: 'job.cancel.start', sequence: 1 })
})

test('a fault stands in an error only, and an error has its priority', () => {
  const failed = stepIn('FAILED', { fault: FAULT, abort_request: request })
  const [start, error] = notified(STEPS.SUCCEEDED, failed)
  expect(start).toMatchObject({ priority: 'INFO', payload: { data: { fault: null, state: 'CANCELLING' } } })
  expect(error).toMatchObject({ priority: 'ERROR', payload: { data: { fault: FAULT, state: 'FAILED' } } })
})

const COUNTS: Record<string, number> = {
  PENDING: 0,
  'PENDING, closed': 0,
  ONGOING: 1,
  'ONGOING, closed': 1,
  'CANCELLING, graceful': 1,
  'CANCELLING, force': 1,
  'CANCELLING, graceful, closed': 1,
  'CANCELLING, force, closed': 1,
  CANCELLED: 0,
  SUCCEEDED: 0,
  FAILED: 2,
  'FAILED, of a clean-up': 2,
  'FAILED, cleaning up': 2,
  'FAILED, cleaned up': 2,
}

test.each(Object.keys(JOBS))('what a new job notifies that is %s is what the schema says', (state) => {
  const notifications = notified(undefined, JOBS[state]!)
  for (const one of notifications) schema.parse(one)
  expect(notifications).toHaveLength(COUNTS[state]!)
})

test.each(['CANCELLED', 'FAILED'])(
  'what a step notifies on its way to %s is what the schema says',
  (state) => {
    const notifications = notified(STEPS.SUCCEEDED, STEPS[state]!)
    for (const one of notifications) schema.parse(one)
    expect(notifications).toHaveLength(2)
  },
)

test('a job and its steps sort as people read them: the job begins first and ends last', () => {
  const job = notificationsOf(JOBS.ONGOING, JOBS['CANCELLING, force']!, id)
  const step = notificationsOf(STEPS['ONGOING, live'], STEPS['CANCELLING, fenced']!, id)
  const stepEnd = notificationsOf(STEPS['CANCELLING, fenced'], STEPS.CANCELLED!, id)
  const jobEnd = notificationsOf(JOBS['CANCELLING, force, closed'], JOBS.CANCELLED!, id)
  const keys = [...job, ...step, ...stepEnd, ...jobEnd].map((record) => record.sortKey)
  expect(keys[0]! < keys[2]! && keys[1]! < keys[2]! && keys[2]! < keys[3]!).toBe(true)
})
