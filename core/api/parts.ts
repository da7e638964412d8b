import * as z from 'zod'
import { ABORT_MODES } from '../job/job.ts'

// Shapes that stand in answers and in notifications alike. The order of their fields is the order in which
// people read them; part-views.ts builds them so.

export const time = z.iso.datetime()

/** Which of a Map's children; null for a step that is none. */
export const index = z.union([z.int(), z.string()]).nullable()

const measure = z.strictObject({ done: z.number(), total: z.number().nullable(), unit: z.string() })
export type MeasureView = z.infer<typeof measure>

/** `also`: the same in another unit, where the step tells it. */
export const progress = measure.extend({ also: measure.optional() })
export type ProgressView = z.infer<typeof progress>

export const fault = z.strictObject({
  exception: z.string(),
  exception_message: z.string(),
  module_name: z.string(),
  function_name: z.string(),
})
export type FaultView = z.infer<typeof fault>

export const abortRequest = z.strictObject({
  mode: z.enum(ABORT_MODES),
  reason: z.string().nullable(),
  requested_by: z.string(),
  requested_at: time,
  force_at: time.nullable(),
  rollback: z.boolean(),
  escalations: z.array(
    z.strictObject({
      mode: z.enum(ABORT_MODES),
      rollback: z.boolean(),
      force_at: time.nullable(),
      reason: z.string().nullable(),
      requested_by: z.string(),
      requested_at: time,
    }),
  ),
})
export type AbortRequestView = z.infer<typeof abortRequest>

/** What of an abort came too late, and why. */
export const notTaken = z.strictObject({
  option: z.enum(['rollback', 'force_after_seconds']),
  reason: z.string(),
})

/** A clean-up of a job that has ended, repeated because the first one failed. */
export const cleanUpRun = z.strictObject({
  run: z.int(),
  requested_by: z.string(),
  requested_at: time,
  ended_at: time.nullable(),
})
export type CleanUpRunView = z.infer<typeof cleanUpRun>
