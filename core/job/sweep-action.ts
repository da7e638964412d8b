import type { ExecutionEnd, Job, Time } from './job.ts'
import { EXTERNAL } from './reducer.ts'

/** A request in flight may take this long between its writes and its calls. */
export const IN_FLIGHT_MS = 10_000

/**
 * What the sweeper does with a job that has not ended. `wait`: a request may still be in flight; `start`: the
 * start was lost; `abort`: the execution runs, so see whether an abort is overdue; `stand-down`: it has ended.
 */
export type SweepAction = 'wait' | 'start' | 'abort' | 'stand-down'

/** `execution` is that of the job, if there is one; `end` is null while it runs. */
export function sweepAction(
  job: Job,
  execution: { end: ExecutionEnd | null } | undefined,
  now: Time,
): SweepAction {
  if (execution) return execution.end ? 'stand-down' : 'abort'
  if (Date.parse(now) - Date.parse(job.updated_at) < IN_FLIGHT_MS) return 'wait'
  const startable = job.state === 'PENDING' && !job.closed && job.created_by !== EXTERNAL
  return startable ? 'start' : 'stand-down'
}
