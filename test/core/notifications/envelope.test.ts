import { describe, expect, test } from 'vitest'
import { type Notification, notificationsOf } from '#core/notifications/envelope.ts'
import { type NotificationKind, notificationKinds, type Subject } from '#core/notifications/rules.ts'
import { notification as schema } from '#core/notifications/schemas.ts'
import { JOB_EDGES, STATES, STEP_EDGES, type State } from '#core/states.ts'
import { FAULT, JOBS, request, STEPS, stepIn } from '../samples.ts'

const id = (text: string): string => text
const edgesOf = (edges: Record<State, readonly State[]>) =>
  STATES.flatMap((from) => edges[from].map((to) => [from, to] as const))

const EXPECTED: Record<Subject, Record<string, string>> = {
  job: {
    'PENDING>ONGOING': 'execution.start',
    'PENDING>CANCELLING': 'cancel.start',
    'PENDING>FAILED': 'execution.start execution.error',
    'ONGOING>CANCELLING': 'cancel.start',
    'ONGOING>SUCCEEDED': 'execution.end',
    'ONGOING>FAILED': 'execution.error',
    'CANCELLING>CANCELLED': 'cancel.end',
    'CANCELLING>FAILED': 'cancel.error',
  },
  step: {
    'PENDING>ONGOING': '',
    'PENDING>CANCELLED': 'cancel.start cancel.end',
    'ONGOING>SUCCEEDED': '',
    'ONGOING>FAILED': '',
    'ONGOING>CANCELLING': 'cancel.start',
    'CANCELLING>CANCELLED': 'cancel.end',
    'CANCELLING>FAILED': 'cancel.error',
    'SUCCEEDED>CANCELLED': 'cancel.start cancel.end',
    'SUCCEEDED>FAILED': 'cancel.start cancel.error',
  },
}

describe('what a change of state is told as', () => {
  test.each(edgesOf(JOB_EDGES))('job %s > %s', (from, to) => {
    expect(notificationKinds('job', from, to).join(' ')).toBe(EXPECTED.job[`${from}>${to}`])
  })
  test.each(edgesOf(STEP_EDGES))('step %s > %s', (from, to) => {
    expect(notificationKinds('step', from, to).join(' ')).toBe(EXPECTED.step[`${from}>${to}`])
  })
  test.each(STATES)('staying %s is told to nobody', (state) => {
    expect(notificationKinds('job', state, state)).toEqual([])
    expect(notificationKinds('step', state, state)).toEqual([])
  })
})

/** Every way from PENDING to an end. */
function waysThrough(edges: Record<State, readonly State[]>, from: State = 'PENDING'): State[][] {
  if (edges[from].length === 0) return [[from]]
  const onward = edges[from].flatMap((to) => waysThrough(edges, to).map((way) => [from, ...way]))
  return from === 'SUCCEEDED' ? [[from], ...onward] : onward
}

const toldOn = (subject: Subject, way: State[]): NotificationKind[] =>
  way.slice(1).flatMap((to, i) => [...notificationKinds(subject, way[i]!, to)])

test.each(waysThrough(JOB_EDGES))('a job that goes %s %s %s %s starts and ends each thing once', (...way) => {
  const kinds = toldOn(
    'job',
    way.filter((state) => STATES.includes(state)),
  )
  expect(kinds.join(' ')).toMatch(
    /^(execution\.start )?(execution\.(start execution\.)?(end|error)|cancel\.start cancel\.(end|error))$/,
  )
})

test.each(waysThrough(STEP_EDGES).map((way) => [way.join(' '), way] as const))(
  'a step that goes %s tells nothing, or one start and one end',
  (_title, way) => {
    expect(toldOn('step', way).join(' ')).toMatch(/^(cancel\.start cancel\.(end|error))?$/)
  },
)

const withRequest = (item: Notification): unknown => schema.parse(item)

test('the same change gives the same messages, ids included, however often it is computed', () => {
  const [before, after] = [JOBS['CANCELLING, force, closed']!, JOBS.CANCELLED!]
  expect(notificationsOf(before, after, id)).toEqual(notificationsOf(before, after, id))
})

test('the numbers go on from those of the item before, and every message has an id of its own', () => {
  const before = { ...STEPS.SUCCEEDED!, notified: 4 }
  const after = stepIn('CANCELLED', { ...before, state: 'CANCELLED', notified: 6, abort_request: request })
  const told = notificationsOf(before, after, id).map((kept) => kept.notification)
  expect(told.map((one) => [one.event_type, one.sequence])).toEqual([
    ['step.cancel.start', 5],
    ['step.cancel.end', 6],
  ])
  expect(new Set(told.map((one) => one.message_id)).size).toBe(2)
})

test('an item that is new was PENDING before', () => {
  const [kept] = notificationsOf(undefined, JOBS['CANCELLING, graceful']!, id)
  expect(kept?.notification).toMatchObject({ event_type: 'job.cancel.start', sequence: 1 })
})

test('a fault is told in an error only, and an error has its priority', () => {
  const failed = stepIn('FAILED', { fault: FAULT, abort_request: request })
  const [start, error] = notificationsOf(STEPS.SUCCEEDED, failed, id).map((kept) => kept.notification)
  expect(start).toMatchObject({ priority: 'INFO', payload: { data: { fault: null, state: 'CANCELLING' } } })
  expect(error).toMatchObject({ priority: 'ERROR', payload: { data: { fault: FAULT, state: 'FAILED' } } })
})

test.each(Object.keys(JOBS))('what a job tells on its way to %s is what the schema says', (state) => {
  const told = notificationsOf(undefined, JOBS[state]!, id).map((kept) => withRequest(kept.notification))
  expect(told).toHaveLength(notificationKinds('job', 'PENDING', JOBS[state]!.state).length)
})

test.each(['CANCELLED', 'FAILED'])('what a step tells on its way to %s is what the schema says', (state) => {
  const told = notificationsOf(STEPS.SUCCEEDED, STEPS[state]!, id).map((kept) =>
    withRequest(kept.notification),
  )
  expect(told).toHaveLength(2)
})

test('a job and its steps sort as people read them: the job begins first and ends last', () => {
  const job = notificationsOf(JOBS.ONGOING, JOBS['CANCELLING, force']!, id)
  const step = notificationsOf(STEPS['ONGOING, live'], STEPS['CANCELLING, fenced']!, id)
  const stepEnd = notificationsOf(STEPS['CANCELLING, fenced'], STEPS.CANCELLED!, id)
  const jobEnd = notificationsOf(JOBS['CANCELLING, force, closed'], JOBS.CANCELLED!, id)
  const orders = [...job, ...step, ...stepEnd, ...jobEnd].map((kept) => kept.order)
  expect(orders[0]! < orders[2]! && orders[1]! < orders[2]! && orders[2]! < orders[3]!).toBe(true)
})
