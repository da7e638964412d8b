import { leftBehind } from '#core/clean-up/left-behind.ts'
import { nextHooks } from '#core/clean-up/order.ts'
import { neverClaimed, skipsUnclaimed } from '#core/clean-up/unfinished.ts'
import { NotFoundError } from '#core/errors.ts'
import type { Job } from '#core/job/job.ts'
import type { Step } from '#core/step/step.ts'
import { timeAt } from '#core/time.ts'
import type { Needs, StandDownInput } from '../ports.ts'

type Settling = Needs<'jobs' | 'steps' | 'executions' | 'templates' | 'clock'>

/** The stand-down's last task: writes the steps that never ran as CANCELLED and ends the job. */
export async function settleJob(ports: Settling, { job_execution_id }: StandDownInput): Promise<Job> {
  const job = await ports.jobs.get(job_execution_id)
  if (!job) throw new NotFoundError(`there is no job ${job_execution_id} to settle`)
  const steps = await ports.steps.list(job_execution_id)
  refuseUnfinished(job, steps)
  const execution = await ports.executions.describe(job.execution_arn)
  if (execution && !execution.end) await ports.executions.stop(job)
  if (skipsUnclaimed(job)) await skipUnclaimed(ports, job, steps)
  // A claim may have come between: by now every step has an item, so this look is the last one needed.
  const ended = await ports.steps.list(job_execution_id)
  refuseUnfinished(job, ended)
  const event = { type: 'settle' as const, at: timeAt(ports.clock.now()), ...leftBehind(job, ended) }
  const outcome = await ports.jobs.apply(job_execution_id, event, job)
  if (outcome.kind === 'refused') {
    throw new Error(`the job ${job_execution_id} cannot be settled: ${outcome.reason}`)
  }
  return outcome.item
}

function refuseUnfinished(job: Job, steps: Step[]): void {
  const left = nextHooks(job, steps, steps.length)
  if (left.length === 0) return
  throw new Error(`${left.length} steps of the job ${job.job_execution_id} are not cleaned up yet`)
}

async function skipUnclaimed(ports: Settling, job: Job, claimed: Step[]): Promise<void> {
  const template = await ports.templates.ofJob(job)
  const { job_execution_id, abort_request } = job
  for (const { name, order, abortable } of template ? neverClaimed(template, claimed) : []) {
    const key = { job_execution_id, name, order, index: null, visit: null }
    const step = { ...key, template: job.template, abortable }
    const at = timeAt(ports.clock.now())
    await ports.steps.apply(key, { type: 'skip', at, step, abort_request })
  }
}
