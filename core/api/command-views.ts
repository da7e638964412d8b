import type { CleanUpRun, Job } from '../job/job.ts'
import type { AbortJobAnswer, CleanUpAnswer, ExecuteJobAnswer } from './answers.ts'
import { abortRequestView } from './part-views.ts'

/** What the caller of `POST /execute-job` gets. */
export const viewStartedJob = ({ job_execution_id, state }: Job): ExecuteJobAnswer => ({
  job_execution_id,
  state,
})

/** What the caller of an abort gets. */
export const viewAbortedJob = ({ job_execution_id, state, abort_request }: Job): AbortJobAnswer => ({
  job_execution_id,
  state,
  abort_request: abort_request && abortRequestView(abort_request),
})

/** What the caller of `POST /jobs/{id}/clean-up` gets: what is still left, and the run that sees to it. */
export const viewCleanUp = (
  { job_execution_id, state, left_behind }: Job,
  { run, requested_by, requested_at, ended_at }: CleanUpRun,
): CleanUpAnswer => ({
  job_execution_id,
  state,
  left_behind,
  clean_up: { run, requested_by, requested_at, ended_at },
})
