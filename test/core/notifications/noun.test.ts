import { expect, test } from 'vitest'
import type { Job } from '#core/job/job.ts'
import { nextJob } from '#core/job/reducer.ts'
import { notificationsOf } from '#core/notifications/envelope.ts'
import { counted, messagesOf, notifiedStates, type Rule } from '#core/notifications/noun.ts'
import { STATES } from '#core/states.ts'
import { abort, JOBS } from '../samples.ts'
import { ACTION_PLANS } from './action-plans.ts'
import { JOB_WRITES } from './writes.ts'

const id = (text: string): string => text
const messages = (before: Job | undefined, after: Job) => messagesOf(ACTION_PLANS, { before, after }, id)

const graceful = JOBS['CANCELLING, graceful']!
const forced = nextJob(graceful, abort('force')).item as Job
const failed = JOBS['FAILED, of a clean-up']!
const cleaned: Job = { ...failed, left_behind: [], version: failed.version + 1 }

test('a template may have a noun and an envelope of its own, beside the notifications of the job', () => {
  expect(messages(JOBS.ONGOING, graceful)).toEqual([
    {
      event_type: 'action_plan.cancel.start',
      message_id: `j|${graceful.version}|action_plan.cancel.start`,
      payload: {
        'watcher_object.name': 'ActionPlanCancelPayload',
        'watcher_object.data': { uuid: 'j', state: 'CANCELLING' },
      },
    },
  ])
  const [own] = notificationsOf(JOBS.ONGOING, graceful, id)
  expect(own?.notification).toMatchObject({ event_type: 'job.cancel.start', sequence: graceful.notified })
})

test.each([
  ['an escalation', graceful, forced, 'action_plan.cancel.escalate'],
  ['a clean-up that is repeated', failed, cleaned, 'action_plan.cleanup.end'],
])('%s changes no state, and can be notified', (_title, before, after, type) => {
  expect(after.state).toBe(before.state)
  expect(messages(before, after).map(({ event_type }) => event_type)).toEqual([type])
  expect(messages(after, { ...after, version: after.version + 1 })).toEqual([])
})

test('what is counted is what the rules say, also where no state changes', () => {
  const { notified } = counted(ACTION_PLANS.rules, { before: graceful, after: forced })
  expect(notified).toBe(graceful.notified + 1)
  expect(counted(ACTION_PLANS.rules, { before: forced, after: forced })).toEqual(forced)
})

test('a new item that meets a rule begins to count', () => {
  const always: Rule<Job, string, null>[] = [
    { type: 'job.create', states: STATES, when: (before) => before === undefined, data: () => null },
  ]
  expect(counted(always, { before: undefined, after: JOBS.PENDING! }).notified).toBe(1)
})

test('a rule holds in the states that it names, and in no other', () => {
  const rules: Rule<Job, string, null>[] = [
    { type: 'one', states: ['FAILED'], when: () => true, data: () => null },
    { type: 'two', states: ['ONGOING', 'FAILED'], when: () => true, data: () => null },
  ]
  expect(notifiedStates(rules)).toEqual(['ONGOING', 'FAILED'])
  for (const { before, after } of JOB_WRITES) {
    const expected = { ONGOING: 1, FAILED: 2 }[after.state as string] ?? 0
    const { notified } = counted(rules, { before, after })
    expect(notified - (before?.notified ?? 0)).toBe(expected)
  }
})
