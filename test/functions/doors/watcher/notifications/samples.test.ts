import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { nameBasedId } from '#engine/name-based-id.ts'
import { actionMessages, planMessages } from '#functions/doors/watcher/notifications/messages.ts'
import type { WatcherNotification } from '#functions/doors/watcher/notifications/schemas.ts'
import { JOBS, STEPS } from '#test/core/samples.ts'
import { ACTION, PLAN } from './plan-samples.ts'

const FOLDER = join(import.meta.dirname, '../../../../../docs/notification_samples')
const TELLER = { host: 'standdown', messageId: nameBasedId }

const plan = (before: string, after: string) =>
  planMessages(PLAN, { before: JOBS[before], after: JOBS[after]! }, TELLER)
const action = (before: string | null, after: string, planState: 'ONGOING' | 'CANCELLING') => {
  const change = { before: before === null ? undefined : STEPS[before], after: STEPS[after]! }
  return actionMessages({ plan: PLAN, action: ACTION, planState }, change, TELLER)
}

const SAMPLES: WatcherNotification[] = [
  ...plan('PENDING', 'ONGOING'),
  ...plan('ONGOING', 'SUCCEEDED'),
  ...plan('ONGOING, closed', 'FAILED'),
  ...plan('ONGOING', 'CANCELLING, graceful'),
  ...plan('CANCELLING, graceful, closed', 'CANCELLED'),
  ...plan('CANCELLING, force, closed', 'FAILED, of a clean-up'),
  ...action(null, 'ONGOING, live', 'ONGOING'),
  ...action('ONGOING, live', 'SUCCEEDED', 'ONGOING'),
  ...action('ONGOING, under a hook', 'FAILED, by itself', 'ONGOING'),
  ...action('ONGOING, live', 'CANCELLING, acknowledged', 'CANCELLING'),
  ...action('CANCELLING, under a hook', 'CANCELLED', 'CANCELLING'),
  ...action('CANCELLING, under a hook', 'FAILED', 'CANCELLING'),
]

const fileOf = ({ event_type }: WatcherNotification): string => `${event_type.replaceAll('.', '-')}.json`
const nested = (value: unknown): unknown =>
  value !== null && typeof value === 'object' && 'watcher_object.data' in value
    ? value['watcher_object.data']
    : value
const fieldsOf = (value: unknown): string[] => Object.keys(nested(value) as object).sort()

/** The fields of the document that describes these notifications. */
const TIMES = ['created_at', 'updated_at', 'deleted_at']
const DOCUMENT = {
  message: ['event_type', 'priority', 'publisher_id', 'message_id', 'timestamp', 'payload'],
  object: ['namespace', 'name', 'version', 'data'].map((key) => `watcher_object.${key}`),
  plan: ['uuid', 'state', 'audit_uuid', 'audit', 'strategy_uuid', 'strategy', 'global_efficacy', 'fault'],
  action: ['uuid', 'state', 'action_type', 'input_parameters', 'parents', 'action_plan', 'fault'],
  action_plan: ['uuid', 'state', 'audit_uuid', 'strategy_uuid', 'global_efficacy'],
  audit: ['uuid', 'goal_uuid', 'strategy_uuid', 'audit_type', 'state', 'parameters', 'interval', 'scope'],
  strategy: ['uuid', 'name', 'display_name', 'parameters_spec'],
  fault: ['exception', 'exception_message', 'module_name', 'function_name'],
}
/** What upstream has added since. */
const ADDED = 'status_message'

const withTimes = (fields: string[], more: string[] = []): string[] => [...fields, ...TIMES, ...more].sort()

test('there is one sample for each event type, and no other file', () => {
  expect(new Set(SAMPLES.map(({ event_type }) => event_type)).size).toBe(SAMPLES.length)
  expect(readdirSync(FOLDER).sort()).toEqual(SAMPLES.map(fileOf).sort())
})

test.each(SAMPLES)('the sample of $event_type is what is sent', async (sample) => {
  // The formatter keeps short lists on a line.
  const text = JSON.stringify(sample, null, 2).replace(/\[\s+("[^"]*")\s+\]/g, '[$1]')
  await expect(`${text}\n`).toMatchFileSnapshot(join(FOLDER, fileOf(sample)))
})

test.each(SAMPLES)('$event_type has the fields of the document', ({ payload, ...message }) => {
  expect([...Object.keys(message), 'payload'].sort()).toEqual([...DOCUMENT.message].sort())
  expect(Object.keys(payload)).toEqual(DOCUMENT.object)
  const data = payload['watcher_object.data']
  if ('audit' in data) {
    expect(fieldsOf(payload)).toEqual(withTimes(DOCUMENT.plan, [ADDED]))
    expect(fieldsOf(data.audit)).toEqual(withTimes(DOCUMENT.audit, [ADDED]))
    expect(fieldsOf(data.strategy)).toEqual(withTimes(DOCUMENT.strategy))
  } else {
    expect(fieldsOf(payload)).toEqual(withTimes(DOCUMENT.action, [ADDED]))
    expect(fieldsOf(data.action_plan)).toEqual(withTimes(DOCUMENT.action_plan, [ADDED]))
  }
  expect(data.fault === null).toBe(message.priority === 'INFO')
  if (data.fault) expect(fieldsOf(data.fault)).toEqual([...DOCUMENT.fault].sort())
})

test.each([
  ['action_plan.cancel.start', 'ActionPlanCancelPayload', 'CANCELLING'],
  ['action_plan.cancel.end', 'ActionPlanCancelPayload', 'CANCELLED'],
  ['action_plan.cancel.error', 'ActionPlanCancelPayload', 'FAILED'],
  ['action_plan.execution.start', 'ActionPlanActionPayload', 'ONGOING'],
  ['action_plan.execution.end', 'ActionPlanActionPayload', 'SUCCEEDED'],
  ['action_plan.execution.error', 'ActionPlanActionPayload', 'FAILED'],
  ['action.cancel.start', 'ActionCancelPayload', 'CANCELLING'],
  ['action.cancel.end', 'ActionCancelPayload', 'CANCELLED'],
  ['action.cancel.error', 'ActionCancelPayload', 'FAILED'],
  ['action.execution.start', 'ActionExecutionPayload', 'ONGOING'],
  ['action.execution.end', 'ActionExecutionPayload', 'SUCCEEDED'],
  ['action.execution.error', 'ActionExecutionPayload', 'FAILED'],
])('%s is a %s that says %s', (event_type, name, state) => {
  const { payload, publisher_id, timestamp } = SAMPLES.find((sample) => sample.event_type === event_type)!
  expect(payload).toMatchObject({
    'watcher_object.namespace': 'watcher',
    'watcher_object.name': name,
    'watcher_object.version': '1.0',
    'watcher_object.data': { state, created_at: '2026-01-31T08:58:00Z' },
  })
  expect([publisher_id, timestamp]).toEqual(['infra-optim:standdown', '2026-01-31 09:00:00.000000'])
})
