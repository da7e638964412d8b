import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type * as z from 'zod'
import { JOB_RULES, STEP_RULES } from '#core/notifications/rules.ts'
import { type EventType, type Notification, notification } from '#core/notifications/schemas.ts'
import { ACTION_RULES, PLAN_RULES } from '#functions/doors/watcher/notifications/rules.ts'
import { actionNotification, planNotification } from '#functions/doors/watcher/notifications/schemas.ts'
import { ABORT_REQUEST, ID, OPERATOR } from './samples.ts'

/** One kind of notification: its shape, and of each type what it says and a sample of its detail. */
export type Published = {
  title: string
  schema: z.ZodType
  types: { type: string; summary: string; sample: unknown }[]
}

const TOPICS: Record<string, string> = {
  'job.execution.start': 'The first step of a job was claimed',
  'job.execution.end': 'A job committed: it is SUCCEEDED, and an abort is too late',
  'job.execution.error': 'A job failed without an abort',
  'job.cancel.start': 'An abort was accepted, or a stop of the execution by someone else noticed',
  'job.cancel.end': 'An aborted job has ended and is cleaned up',
  'job.cancel.error': 'An aborted job has ended, and a clean-up failed',
  'job.cleanup.start': 'The clean-up of a FAILED job is repeated',
  'job.cleanup.end': 'Nothing is left behind any more',
  'job.cleanup.error': 'Something is still left behind',
  'step.cancel.start': 'A step begins to be cancelled',
  'step.cancel.end': 'A step is cancelled',
  'step.cancel.error': 'The clean-up of a step failed',
}

const FAULT = {
  exception: 'CleanUpFailed',
  exception_message: 'the clean-up of copy-objects[3] failed',
  module_name: 'stand-down',
  function_name: 'abort',
}

const STATES: Record<string, Notification['payload']['data']['state']> = {
  'execution.start': 'ONGOING',
  'execution.end': 'SUCCEEDED',
  'cancel.start': 'CANCELLING',
  'cancel.end': 'CANCELLED',
}

const capitalized = (word: string): string => word.charAt(0).toUpperCase() + word.slice(1)

function sampleOf(type: EventType): Notification {
  const [noun = '', topic = '', phase = ''] = type.split('.')
  const isError = phase === 'error'
  const run = { run: 1, requested_by: OPERATOR, requested_at: '2026-01-31T10:00:00.000Z' }
  const ended_at = phase === 'start' ? null : '2026-01-31T10:01:00.000Z'
  const step = { name: 'copy-objects', index: 3, order: 2, attempt: 1, started_at: null, ended_at: null }
  return {
    message_id: '6b6f2f3a-61d5-8c1e-a3a4-9c1c4a1f0b11',
    event_type: type,
    priority: isError ? 'ERROR' : 'INFO',
    publisher_id: 'standdown',
    timestamp: '2026-01-31T09:00:20.000Z',
    sequence: phase === 'start' ? 1 : 2,
    payload: {
      namespace: 'standdown',
      name: `${capitalized(noun)}${capitalized(topic)}Payload`,
      version: '1.0',
      data: {
        job: { job_execution_id: ID, template: 'object-migration' },
        step: noun === 'step' ? { ...step, cleaned_up: type === 'step.cancel.end' } : null,
        state: STATES[`${topic}.${phase}`] ?? 'FAILED',
        abort_request: topic === 'execution' ? null : ABORT_REQUEST,
        clean_up: topic === 'cleanup' ? { ...run, ended_at } : null,
        fault: isError ? FAULT : null,
      },
    },
  }
}

const TYPES = [...JOB_RULES, ...STEP_RULES].map(({ type }) => type)

/** By type. */
export const SAMPLES = Object.fromEntries(TYPES.map((type) => [type, sampleOf(type)])) as Record<
  EventType,
  Notification
>

const WATCHER_SAMPLES = join(import.meta.dirname, '../docs/notification_samples')

/** Of Watcher's own notifications the samples are files. */
const watcherTypes = (noun: string, rules: readonly { type: string }[]): Published['types'] =>
  rules.map(({ type }) => {
    const [, topic, phase] = type.split('.')
    const file = join(WATCHER_SAMPLES, `${type.replaceAll('.', '-')}.json`)
    const sample: unknown = JSON.parse(readFileSync(file, 'utf8'))
    return { type, summary: `In Watcher's envelope: the ${topic} of ${noun}, its ${phase}`, sample }
  })

/** Whatever is put on the bus: the one list of which the AsyncAPI document is made. */
export const PUBLISHED: Published[] = [
  {
    title: 'Notification',
    schema: notification,
    types: TYPES.map((type) => ({ type, summary: TOPICS[type] ?? type, sample: SAMPLES[type] })),
  },
  {
    title: 'PlanNotification',
    schema: planNotification,
    types: watcherTypes('an action plan', PLAN_RULES),
  },
  {
    title: 'ActionNotification',
    schema: actionNotification,
    types: watcherTypes('an action', ACTION_RULES),
  },
]
