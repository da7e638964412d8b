import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { Job } from '#core/job/job.ts'
import { notificationsOf } from '#core/notifications/envelope.ts'
import { JOB_EDGES, STEP_EDGES } from '#core/states.ts'
import type { Step } from '#core/step/step.ts'
import { nameBasedId } from '#engine/name-based-id.ts'
import {
  actionMessages,
  MAX_DETAIL_BYTES,
  neverBegunMessages,
  neverStartedMessages,
  planMessages,
} from '#functions/doors/watcher/notifications/messages.ts'
import {
  actionNotification,
  planNotification,
  type WatcherNotification,
} from '#functions/doors/watcher/notifications/schemas.ts'
import { JOB_WRITES, STEP_WRITES } from '#test/core/notifications/writes.ts'
import { NOW } from '#test/core/samples.ts'
import { ACTION, PLAN } from './plan-samples.ts'

const TELLER = { host: 'standdown', messageId: nameBasedId }
const OF = { plan: PLAN, action: ACTION, planState: 'ONGOING' as const }

const ofJob = (before: Job | undefined, after: Job, plan = PLAN) =>
  planMessages(plan, { before, after }, TELLER)
const ofStep = (before: Step | undefined, after: Step, of = OF) =>
  actionMessages(of, { before, after }, TELLER)
/** `action.cancel.start CANCELLING`. */
const lines = (messages: WatcherNotification[]): string[] =>
  messages.map(({ event_type, payload }) => `${event_type} ${payload['watcher_object.data'].state}`)

const PLAN_EDGES = [
  ['PENDING', 'ONGOING', 'action_plan.execution.start ONGOING'],
  ['PENDING', 'CANCELLING', 'action_plan.cancel.start CANCELLING'],
  ['PENDING', 'FAILED', 'action_plan.execution.start ONGOING, action_plan.execution.error FAILED'],
  ['ONGOING', 'CANCELLING', 'action_plan.cancel.start CANCELLING'],
  ['ONGOING', 'SUCCEEDED', 'action_plan.execution.end SUCCEEDED'],
  ['ONGOING', 'FAILED', 'action_plan.execution.error FAILED'],
  ['CANCELLING', 'CANCELLED', 'action_plan.cancel.end CANCELLED'],
  ['CANCELLING', 'FAILED', 'action_plan.cancel.error FAILED'],
] as const

const ACTION_EDGES = [
  ['PENDING', 'ONGOING', 'action.execution.start ONGOING'],
  ['PENDING', 'CANCELLED', 'action.cancel.start CANCELLING, action.cancel.end CANCELLED'],
  ['ONGOING', 'SUCCEEDED', 'action.execution.end SUCCEEDED'],
  ['ONGOING', 'FAILED', 'action.execution.error FAILED'],
  ['ONGOING', 'CANCELLING', 'action.cancel.start CANCELLING'],
  ['CANCELLING', 'CANCELLED', 'action.cancel.end CANCELLED'],
  ['CANCELLING', 'FAILED', 'action.cancel.error FAILED'],
  ['SUCCEEDED', 'CANCELLED', 'action.cancel.start CANCELLING, action.cancel.end CANCELLED'],
  ['SUCCEEDED', 'FAILED', 'action.cancel.start CANCELLING, action.cancel.error FAILED'],
] as const

/** The edges of a table, as `PENDING to ONGOING`. */
const edgesIn = (table: Record<string, readonly string[]>): string[] =>
  Object.entries(table).flatMap(([from, states]) => states.map((to) => `${from} to ${to}`))

test.each([
  ['plan', PLAN_EDGES, JOB_EDGES],
  ['action', ACTION_EDGES, STEP_EDGES],
])('every edge of the state machine of a %s is told', (_, told, edges) => {
  expect(told.map(([from, to]) => `${from} to ${to}`).sort()).toEqual(edgesIn(edges).sort())
})

const DOCS = readFileSync(join(import.meta.dirname, '../../../../../docs/openstack.md'), 'utf8')

/** `PENDING to ONGOING` and the types, as the table of docs/openstack.md has them. */
const documented = (noun: string): string[] => {
  const [, table = ''] = DOCS.split(`| of ${noun} | when | is told |`)
  const rows = table.split('\n\n')[0]!.matchAll(/^\| (\w+) → (\w+) \|.*\| (.*) \|$/gm)
  return [...rows].map(([, from, to, told = '']) => {
    const [first = '', second] = [...told.matchAll(/`([a-z_.]+)`/g)].map((found) => found[1]!)
    const types = second ? [first, first.replace(/\.start$/, second)] : [first]
    return `${from} to ${to}: ${types.join(', ')}`
  })
}

test.each([
  ['a plan', PLAN_EDGES],
  ['an action', ACTION_EDGES],
])('the drawing of %s says what each edge tells', (noun, edges) => {
  const told = edges.map(([from, to, lines]) => `${from} to ${to}: ${lines.replace(/ [A-Z]+/g, '')}`)
  const rows = documented(noun).filter((row) => !row.startsWith('RECOMMENDED'))
  expect(rows.sort()).toEqual(told.sort())
})

describe('a plan', () => {
  test('is told what its job tells of itself, in the same states, but no repeated clean-up', () => {
    const told = JOB_WRITES.flatMap(({ before, after }) => lines(ofJob(before, after)))
    const own = JOB_WRITES.flatMap(({ before, after }) => notificationsOf(before, after, nameBasedId))
      .map(({ notification }) => `${notification.event_type} ${notification.payload.data.state}`)
      .filter((line) => !line.startsWith('job.cleanup.'))
    expect(told).toEqual(own.map((line) => line.replace('job.', 'action_plan.')))
    expect(new Set(told).size).toBe(6)
  })

  test.each(PLAN_EDGES)('that goes from %s to %s tells %s', (from, to, expected) => {
    const writes = JOB_WRITES.filter(({ before, after }) => before?.state === from && after.state === to)
    expect(writes.length).toBeGreaterThan(0)
    for (const { before, after, title } of writes) {
      expect(lines(ofJob(before, after)).join(', '), title).toBe(expected)
    }
  })

  test('that is cancelled while it has no job tells a start and an end', () => {
    const { start, end } = neverStartedMessages(PLAN, NOW, TELLER)
    expect(lines([start, end])).toEqual([
      'action_plan.cancel.start CANCELLING',
      'action_plan.cancel.end CANCELLED',
    ])
  })

  test('without an audit and a strategy has none, and without a fault neither', () => {
    const bare = { ...PLAN, audit_uuid: null, strategy_uuid: null, strategy_name: null }
    const { start } = neverStartedMessages(bare, NOW, TELLER)
    const data = start.payload['watcher_object.data']
    expect(data).toMatchObject({ audit_uuid: null, audit: null, strategy: null, fault: null })
  })
})

describe('an action', () => {
  test.each(ACTION_EDGES)('that goes from %s to %s tells %s', (from, to, expected) => {
    const writes = STEP_WRITES.filter(
      ({ before, after }) => (before?.state ?? 'PENDING') === from && after.state === to,
    )
    for (const { before, after, title } of writes) {
      expect(lines(ofStep(before, after)).join(', '), title).toBe(expected)
    }
    expect(writes.length).toBeGreaterThan(0)
  })

  test('that changes no state tells nothing: no checkpoint, no further attempt', () => {
    const still = STEP_WRITES.filter(({ before, after }) => before?.state === after.state)
    expect(still.length).toBeGreaterThan(5)
    for (const { before, after } of still) expect(ofStep(before, after)).toEqual([])
  })

  test('that never began tells that it is being cancelled, and that it is', () => {
    expect(lines(neverBegunMessages(OF, NOW, TELLER))).toEqual([
      'action.cancel.start CANCELLING',
      'action.cancel.end CANCELLED',
    ])
  })

  test('gives its parameters back as they were given', () => {
    const message = `a "quote"\n${'x'.repeat(10_240)}\u2028\u0007`
    const action = { ...ACTION, input_parameters: { message, deep: [{ n: null }] }, parents: [] }
    const [start] = neverBegunMessages({ ...OF, action }, NOW, TELLER)
    const data = start!.payload['watcher_object.data']
    expect(data).toMatchObject({
      input_parameters: action.input_parameters,
      parents: [],
      status_message: null,
    })
  })
})

const all = (): WatcherNotification[] => [
  ...JOB_WRITES.flatMap(({ before, after }) => ofJob(before, after)),
  ...STEP_WRITES.flatMap(({ before, after }) => ofStep(before, after)),
  ...neverBegunMessages(OF, NOW, TELLER),
]

describe('a message', () => {
  test('fits the schema of its kind', () => {
    for (const message of all()) {
      const schema = message.event_type.startsWith('action_plan.') ? planNotification : actionNotification
      expect(schema.parse(message)).toEqual(message)
    }
  })

  test('is an ERROR with a fault, or an INFO without', () => {
    for (const { event_type, priority, payload } of all()) {
      const isError = event_type.endsWith('.error')
      expect([event_type, priority]).toEqual([event_type, isError ? 'ERROR' : 'INFO'])
      if (!isError) expect(payload['watcher_object.data'].fault).toBeNull()
    }
  })

  test('has the same id however often it is made, and another than every other of that plan', () => {
    const byType = Map.groupBy(all(), ({ event_type }) => event_type)
    const ids = [...byType.values()].map((same) => new Set(same.map(({ message_id }) => message_id)))
    for (const id of ids) expect(id.size).toBe(1)
    expect(new Set(ids.flatMap((id) => [...id])).size).toBe(byType.size)
    const [elsewhere] = neverBegunMessages({ ...OF, plan: { ...PLAN, project: 'other' } }, NOW, TELLER)
    expect(elsewhere!.message_id).not.toBe(neverBegunMessages(OF, NOW, TELLER)[0]!.message_id)
  })

  const many = (bytes: number, text = 'x') => [
    { name: 'saved', description: text.repeat(bytes / text.length), unit: null, value: 1 },
  ]

  test('that would be too large for an event leaves out what is large, and says so', () => {
    const plan = { ...PLAN, global_efficacy: many(300_000) }
    const { start } = neverStartedMessages(plan, NOW, TELLER)
    expect(JSON.stringify(start).length).toBeLessThan(MAX_DETAIL_BYTES)
    expect(start.payload['watcher_object.data']).toMatchObject({
      global_efficacy: [],
      status_message: expect.stringContaining(`global_efficacy left out`),
    })
    const [action] = neverBegunMessages({ ...OF, plan }, NOW, TELLER)
    const data = action!.payload['watcher_object.data']
    expect(data.input_parameters).toEqual(ACTION.input_parameters)
    expect(data.action_plan['watcher_object.data'].status_message).toContain(PLAN.uuid)
  })

  test('counts a character as what it takes in the event', () => {
    const input_parameters = { message: '\u2028'.repeat(60_000) }
    const [start] = neverBegunMessages({ ...OF, action: { ...ACTION, input_parameters } }, NOW, TELLER)
    const data = start!.payload['watcher_object.data']
    expect(data.input_parameters).toEqual({})
    expect(data.status_message).toContain(`actions/${ACTION.uuid}`)
  })
})
