import type { Job } from './job/job.ts'

/** In CloudWatch; the dimension `service` is the deployment's prefix. */
export const METRICS_NAMESPACE = 'Standdown'

/** What the functions measure beside their own calls; the alarms and the dashboard read it by these names. */
export const METRICS = {
  JobsSucceeded: 'JobsSucceeded',
  JobsCancelled: 'JobsCancelled',
  JobsFailed: 'JobsFailed',
  /**
   * From the abort's acceptance until the execution was over, by the mode that ended it. A graceful abort that was made
   * a forced one counts from then on, as forced.
   */
  GracefulAbortSeconds: 'GracefulAbortSeconds',
  ForcedAbortSeconds: 'ForcedAbortSeconds',
  /** From there until the job was settled. */
  CleanUpSeconds: 'CleanUpSeconds',
  /** By each sweep, zeros as well: that it came to its end, and what it found. */
  Sweeps: 'Sweeps',
  JobsNotSwept: 'JobsNotSwept',
  CancellingOverAnHour: 'CancellingOverAnHour',
  /** Jobs that ended with something left behind. */
  CleanUpsFailed: 'CleanUpsFailed',
  NotificationsRefused: 'NotificationsRefused',
} as const
export type Metric = keyof typeof METRICS

export type Measured = Partial<Record<Metric, number>>

const ENDED: Partial<Record<Job['state'], Metric>> = {
  SUCCEEDED: 'JobsSucceeded',
  CANCELLED: 'JobsCancelled',
  FAILED: 'JobsFailed',
}

/** What the end of a job says; a repeated clean-up is not another end. */
export function measureEnd(job: Job): Measured {
  const ended = ENDED[job.state]
  if (job.clean_up || !ended) return {}
  return { [ended]: 1, ...times(job) }
}

function times({ closed, ended_at, abort_request }: Job): Measured {
  if (!closed || ended_at === null) return {}
  const CleanUpSeconds = secondsBetween(closed.at, ended_at)
  if (!abort_request) return { CleanUpSeconds }
  const { mode, requested_at, forced_at = requested_at } = abort_request
  // Force that came once the execution was over ended nothing.
  const isForced = mode === 'force' && forced_at <= closed.at
  const measured: Metric = isForced ? 'ForcedAbortSeconds' : 'GracefulAbortSeconds'
  return { [measured]: secondsBetween(isForced ? forced_at : requested_at, closed.at), CleanUpSeconds }
}

/** Clocks of two Lambdas differ. */
const secondsBetween = (from: string, to: string): number =>
  Math.max(0, Date.parse(to) - Date.parse(from)) / 1000
