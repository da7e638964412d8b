import type { AbortRequest, CleanUpRun, Escalation, Fault } from '../job/job.ts'
import type { Measure, Progress } from '../step/step.ts'
import type { AbortRequestView, CleanUpRunView, FaultView, MeasureView, ProgressView } from './parts.ts'

// Field by field: an item's fields come in any order from the table, an answer's in the one people read.

export const abortRequestView = (request: AbortRequest): AbortRequestView => ({
  mode: request.mode,
  reason: request.reason,
  requested_by: request.requested_by,
  requested_at: request.requested_at,
  force_at: request.force_at,
  rollback: request.rollback,
  escalations: request.escalations.map(escalationView),
})

const escalationView = (escalation: Escalation): AbortRequestView['escalations'][number] => ({
  mode: escalation.mode,
  rollback: escalation.rollback,
  force_at: escalation.force_at,
  reason: escalation.reason,
  requested_by: escalation.requested_by,
  requested_at: escalation.requested_at,
})

export const faultView = (fault: Fault): FaultView => ({
  exception: fault.exception,
  exception_message: fault.exception_message,
  module_name: fault.module_name,
  function_name: fault.function_name,
})

export const progressView = ({ also, ...measure }: Progress): ProgressView => ({
  ...measureView(measure),
  ...(also && { also: measureView(also) }),
})

const measureView = ({ done, total, unit }: Measure): MeasureView => ({ done, total, unit })

export const cleanUpRunView = (cleanUp: CleanUpRun): CleanUpRunView => ({
  run: cleanUp.run,
  requested_by: cleanUp.requested_by,
  requested_at: cleanUp.requested_at,
  ended_at: cleanUp.ended_at,
})
