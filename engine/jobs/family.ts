import { callerOf, parentIdOf } from '#core/job/caller.ts'
import { type ExecutionEnd, executionArnOf, type Job } from '#core/job/job.ts'
import type { NewAbort } from '#core/job/reducer.ts'
import { childNames, possibleParents } from '#core/step/child.ts'
import { timeAt } from '#core/time.ts'
import type { Needs } from '../ports.ts'
import { stepsOf } from '../steps/steps-of.ts'

// A job whose execution was started, and is waited for, by an external step of another.

/** The job that waits for this execution: its step names it, whatever the execution says of itself. */
export async function parentOf(
  ports: Needs<'jobs' | 'steps'>,
  { job_execution_id: name, execution_arn }: Pick<Job, 'job_execution_id' | 'execution_arn'>,
): Promise<Job | undefined> {
  for (const id of possibleParents(name)) {
    const parent = await ports.jobs.get(id)
    if (!parent) continue
    const waiting = (await stepsOf(ports, parent)).filter(({ external }) => external?.child)
    const names = waiting
      .filter(({ external }) => executionArnOf(external!.child!.machine_arn, name) === execution_arn)
      .flatMap(childNames)
    if (names.includes(name)) return parent
  }
  return undefined
}

export const isHalted = ({ state, closed }: Job): boolean =>
  (state !== 'ONGOING' && state !== 'PENDING') || closed !== null

/** What a job is asked for because its parent is: by whom and why its parent was. */
export function inheritedAbort(parent: Job): NewAbort {
  const { abort_request: asked, job_execution_id: id, closed } = parent
  const why = asked ? 'is aborted' : `ended ${closed?.end.status ?? parent.state}`
  return {
    mode: asked?.mode ?? 'force',
    rollback: asked?.rollback ?? false,
    force_at: null,
    requested_by: asked?.requested_by ?? callerOf(parent),
    reason: asked?.reason ?? `its parent ${id} ${why}`,
  }
}

/**
 * Step Functions has stopped the execution because that of its parent was: this is the parent's abort, and no stop by
 * somebody else.
 */
export async function stoppedByParent(
  ports: Needs<'jobs' | 'steps' | 'clock'>,
  job: Job,
  { status }: ExecutionEnd,
): Promise<Job> {
  if (status !== 'ABORTED' || isHalted(job) || parentIdOf(job) === undefined) return job
  const parent = await parentOf(ports, job)
  if (!parent || !isHalted(parent)) return job
  const request = { ...inheritedAbort(parent), mode: 'force' as const }
  const event = { type: 'abort' as const, at: timeAt(ports.clock.now()), request }
  return (await ports.jobs.apply(job.job_execution_id, event, job)).item ?? job
}
