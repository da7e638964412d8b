import * as z from 'zod'
import { ABORT_MODES } from '../job/job.ts'
import { STATES } from '../states.ts'

const time = z.iso.datetime()

export const fault = z.strictObject({
  exception: z.string(),
  exception_message: z.string(),
  module_name: z.string(),
  function_name: z.string(),
})

export const abortRequest = z.strictObject({
  mode: z.enum(ABORT_MODES),
  reason: z.string().nullable(),
  requested_by: z.string(),
  requested_at: time,
  force_at: time.nullable(),
  rollback: z.boolean(),
  escalations: z.array(
    z.strictObject({
      mode: z.literal('force'),
      reason: z.string().nullable(),
      requested_by: z.string(),
      requested_at: time,
    }),
  ),
})

const step = z.strictObject({
  name: z.string(),
  index: z.union([z.int(), z.string()]).nullable(),
  order: z.int(),
  attempt: z.int(),
  started_at: time.nullable(),
  ended_at: time.nullable(),
  cleaned_up: z.boolean(),
})

/** The one source of a notification's shape. `fault` is null unless the event is an error. */
export const notification = z.strictObject({
  message_id: z.string(),
  event_type: z.string().regex(/^(job|step)\.(cancel|execution)\.(start|end|error)$/),
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
      fault: fault.nullable(),
    }),
  }),
})
