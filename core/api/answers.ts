import * as z from 'zod'
import { PLAN_ACTIONS } from '../abort/plan.ts'
import { ABORT_MODES } from '../job/job.ts'
import { abortRequest, fault } from '../notifications/schemas.ts'
import { STATES } from '../states.ts'
import { ABORTABLES } from '../step/step.ts'

const time = z.iso.datetime()
const index = z.union([z.int(), z.string()]).nullable()
const progress = z
  .strictObject({ done: z.number(), total: z.number().nullable(), unit: z.string() })
  .nullable()

export const stepView = z.strictObject({
  name: z.string(),
  index,
  order: z.int(),
  state: z.enum(STATES),
  abortable: z.enum(ABORTABLES),
  attempt: z.int(),
  started_at: time.nullable(),
  ended_at: time.nullable(),
  progress,
  lease_until: time.nullable(),
  fault: fault.nullable(),
  cleaned_up: z.boolean(),
  not_responding_since: time.nullable(),
})

/** `GET /jobs/{id}`. */
export const jobView = z.strictObject({
  job_execution_id: z.string(),
  template: z.string(),
  tenant_id: z.string(),
  state: z.enum(STATES),
  execution_arn: z.string(),
  created_at: time,
  created_by: z.string(),
  started_at: time.nullable(),
  ended_at: time.nullable(),
  updated_at: time,
  version: z.int(),
  input: z.unknown(),
  abort_request: abortRequest.nullable(),
  supported_abort_modes: z.array(
    z.strictObject({ mode: z.enum(ABORT_MODES), supported: z.boolean(), reason: z.string().nullable() }),
  ),
  progress,
  fault: fault.nullable(),
  left_behind: z.array(z.string()),
  execution_end: z
    .strictObject({ status: z.string(), error: z.string().nullable(), cause: z.string().nullable() })
    .nullable(),
  steps: z.array(stepView),
})

export const executeJobAnswer = z.strictObject({ job_execution_id: z.string(), state: z.enum(STATES) })

export const abortAnswer = z.strictObject({
  job_execution_id: z.string(),
  state: z.enum(STATES),
  abort_request: abortRequest.nullable(),
})

export const abortPlan = z.strictObject({
  job_execution_id: z.string(),
  mode: z.enum(ABORT_MODES),
  rollback: z.boolean(),
  steps: z.array(
    z.strictObject({
      name: z.string(),
      index,
      state: z.enum(STATES),
      actions: z.array(z.enum(PLAN_ACTIONS)),
    }),
  ),
  cannot_be_undone: z.array(z.string()),
})

/** RFC 9457; `errors` for 400, `state` for 409, `supported` for 422. */
export const problem = z.looseObject({
  type: z.string(),
  title: z.string(),
  status: z.int(),
  detail: z.string(),
})
