import type { EventType, Notification } from '#core/notifications/schemas.ts'

/** In the order in which a job tells of them. */
export const EVENT_TYPES = [
  'job.execution.start',
  'job.execution.end',
  'job.execution.error',
  'job.cancel.start',
  'job.cancel.end',
  'job.cancel.error',
  'step.cancel.start',
  'step.cancel.end',
  'step.cancel.error',
  'job.cleanup.start',
  'job.cleanup.end',
  'job.cleanup.error',
] as const satisfies EventType[]

/** What a rule on the event bus matches this type by. */
export const patternOf = (type: string) => ({ source: ['standdown'], 'detail-type': [type] })

const ID = '4f1c1f6e-3a0b-4c55-9c0e-1f0d6f0f7a11'
const AT = '2026-01-31T09:00:00.000Z'

const STATES = {
  execution: { start: 'ONGOING', end: 'SUCCEEDED', error: 'FAILED' },
  cancel: { start: 'CANCELLING', end: 'CANCELLED', error: 'FAILED' },
  cleanup: { start: 'FAILED', end: 'FAILED', error: 'FAILED' },
} as const

const REQUEST = {
  mode: 'graceful',
  reason: 'the wrong bucket',
  requested_by: 'arn:aws:iam::111122223333:user/alice',
  requested_at: AT,
  force_at: null,
  rollback: false,
  escalations: [],
} as const

const STEP = {
  name: 'copy-objects',
  index: 3,
  order: 2,
  attempt: 1,
  started_at: AT,
  ended_at: null,
  cleaned_up: false,
} as const

/** One that was seen, else one that is made up. */
export function sampleOf(type: string, seen: readonly Notification[]): Notification {
  const found = seen.find(({ event_type }) => event_type === type)
  if (found) return found
  const [noun = 'job', topic = 'cancel', phase = 'start'] = type.split('.')
  const words = STATES[topic as keyof typeof STATES]
  const isError = phase === 'error'
  return {
    message_id: '0b4bd5cb-95c4-5f3c-a4f3-6f1d2c8e5a10',
    event_type: type as EventType,
    priority: isError ? 'ERROR' : 'INFO',
    publisher_id: 'standdown',
    timestamp: AT,
    sequence: 1,
    payload: {
      namespace: 'standdown',
      name: `${capitalized(noun)}${capitalized(topic)}Payload`,
      version: '1.0',
      data: {
        job: { job_execution_id: ID, template: 'object-migration' },
        step: noun === 'step' ? STEP : null,
        state: words[phase as keyof typeof words],
        abort_request: topic === 'execution' ? null : { ...REQUEST, escalations: [] },
        clean_up:
          topic === 'cleanup'
            ? { run: 1, requested_by: REQUEST.requested_by, requested_at: AT, ended_at: null }
            : null,
        fault: isError
          ? {
              exception: 'StoreUnavailable',
              exception_message: 'the store does not answer',
              module_name: 'copy-objects',
              function_name: 'abort',
            }
          : null,
      },
    },
  }
}

const capitalized = (word: string): string => word.charAt(0).toUpperCase() + word.slice(1)
