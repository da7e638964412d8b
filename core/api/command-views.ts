import type { NotTaken } from '../abort/answer.ts'
import type { Job } from '../job/job.ts'
import type { AbortJobAnswer, ExecuteJobAnswer } from './answers.ts'
import { abortRequestView } from './part-views.ts'

/** What the caller of `POST /execute-job` gets. */
export const viewStartedJob = ({ job_execution_id, state }: Job): ExecuteJobAnswer => ({
  job_execution_id,
  state,
})

/** What the caller of an abort gets. */
export const viewAbortedJob = (
  { job_execution_id, state, abort_request }: Job,
  notTaken: NotTaken[] = [],
): AbortJobAnswer => ({
  job_execution_id,
  state,
  abort_request: abort_request && abortRequestView(abort_request),
  not_taken: notTaken.map(({ option, reason }) => ({ option, reason })),
})
