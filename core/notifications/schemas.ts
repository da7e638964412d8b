import * as z from 'zod'
import { abortRequest, cleanUpRun, fault, index, time } from '../api/parts.ts'
import { STATES } from '../states.ts'

const step = z.strictObject({
  name: z.string(),
  index,
  order: z.int(),
  attempt: z.int(),
  started_at: time.nullable(),
  ended_at: time.nullable(),
  cleaned_up: z.boolean(),
})

/**
 * The detail of one notification on the bus, whose detail-type is the `event_type`: the one source of its
 * shape. `sequence` counts the notifications of the job itself, or of the one step, from 1 without a gap;
 * `fault` is null unless the event is an error, `clean_up` unless a job's clean-up was repeated.
 */
export const notification = z.strictObject({
  message_id: z.string(),
  event_type: z.templateLiteral([
    z.enum(['job', 'step']),
    '.',
    z.enum(['cancel', 'cleanup', 'execution']),
    '.',
    z.enum(['start', 'end', 'error']),
  ]),
  priority: z.enum(['INFO', 'ERROR']),
  publisher_id: z.string(),
  timestamp: time,
  sequence: z.int().min(1),
  payload: z.strictObject({
    namespace: z.literal('standdown'),
    name: z.string(),
    version: z.string(),
    data: z.strictObject({
      job: z.strictObject({ job_execution_id: z.string(), template: z.string() }),
      step: step.nullable(),
      state: z.enum(STATES),
      abort_request: abortRequest.nullable(),
      clean_up: cleanUpRun.nullable(),
      fault: fault.nullable(),
    }),
  }),
})

export type Notification = z.infer<typeof notification>
export type EventType = Notification['event_type']
export type NotificationData = Notification['payload']['data']
