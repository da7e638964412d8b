import { describe, expect, test } from 'vitest'
import * as guards from '#core/notifications/guards.ts'
import { JOB_RULES, STEP_RULES } from '#core/notifications/rules.ts'
import type { EventType, Notification } from '#core/notifications/schemas.ts'

const { isNotification, ...byType } = guards
const TYPES = [...new Set([...JOB_RULES, ...STEP_RULES].map(({ type }) => type))]

const detailOf = (event_type: EventType): Notification => ({
  message_id: 'm-1',
  event_type,
  priority: 'INFO',
  publisher_id: 'standdown',
  timestamp: '2026-11-27T10:00:00.000Z',
  sequence: 1,
  payload: {
    namespace: 'standdown',
    name: 'JobCancelPayload',
    version: '1.0',
    data: {
      job: { job_execution_id: 'j-1', template: 'report' },
      step: null,
      state: 'CANCELLING',
      abort_request: null,
      clean_up: null,
      fault: null,
    },
  },
})
const eventOf = (detail: Notification) => ({
  source: 'standdown',
  'detail-type': detail.event_type,
  detail: detail as unknown,
})
const cancelled = detailOf('job.cancel.end')

test.each(TYPES)('of %s there is one guard, which takes nothing else', (type) => {
  const taking = Object.entries(byType).filter(([, guard]) => guard(eventOf(detailOf(type))))
  expect(taking.map(([name]) => name.toLowerCase())).toEqual([`is${type.replaceAll('.', '')}`])
})

test('there is no guard of what is never notified', () => {
  expect(Object.keys(byType)).toHaveLength(TYPES.length)
})

describe('a notification', () => {
  test('is one, whatever a newer version has added to it', () => {
    const { payload } = cancelled
    const data = { ...payload.data, cost: 3 }
    const newer = { ...cancelled, region: 'eu', payload: { ...payload, version: '1.4', data } }
    expect(isNotification(eventOf(newer as Notification))).toBe(true)
  })

  test.each<[string, unknown]>([
    ['of another source', { ...eventOf(cancelled), source: 'aws.states' }],
    ['of a type that is unknown', eventOf({ ...cancelled, event_type: 'job.pause.end' as EventType })],
    ['of which something is missing', eventOf({ ...cancelled, payload: {} as Notification['payload'] })],
    [
      'of another major version',
      eventOf({ ...cancelled, payload: { ...cancelled.payload, version: '2.0' } }),
    ],
    ['that is none', null],
  ])('%s is not taken', (_, event) => {
    expect(isNotification(event)).toBe(false)
  })
})
