import { leftBehind, outcomeOf } from '#core/clean-up/left-behind.ts'
import { nextHooks } from '#core/clean-up/order.ts'
import { neverClaimed, skipsUnclaimed } from '#core/clean-up/unfinished.ts'
import { NotFoundError } from '#core/errors.ts'
import { isCleaningUp, type Job } from '#core/job/job.ts'
import { acceptedAt } from '#core/step/of-job.ts'
import type { Step } from '#core/step/step.ts'
import { timeAt } from '#core/time.ts'
import type { Needs, StandDownInput } from '../ports.ts'
import { stepsOf } from '../steps/steps-of.ts'
import { ownView } from './start.ts'

type Settling = Needs<'jobs' | 'steps' | 'executions' | 'templates' | 'clock'>

/** The stand-down's last task: writes the steps that never ran as CANCELLED and ends the job. */
export async function settleJob(ports: Settling, input: StandDownInput): Promise<Job> {
  const { job_execution_id, call = '' } = input
  const job = await ports.jobs.get(job_execution_id)
  if (!job) throw new NotFoundError(`there is no job ${job_execution_id} to settle`)
  const steps = await stepsOf(ports, job)
  const own = ownView(job, call)
  refuseUnfinished(own, steps)
  if (isCleaningUp(own)) return endCleanUp(ports, job, steps)
  await stopLateStart(ports, job)
  if (skipsUnclaimed(job)) await skipUnclaimed(ports, job, steps)
  // A claim may have come between: by now every step has an item, so this look is the last one needed.
  const ended = await stepsOf(ports, job)
  refuseUnfinished(own, ended)
  const at = timeAt(ports.clock.now())
  const event = { type: 'settle' as const, at, outcome: outcomeOf(job, ended) }
  const outcome = await ports.jobs.apply(job_execution_id, event, job)
  // An abort came while it was settled: now it is settled as one. That happens once at most.
  if (outcome.kind === 'refused' && outcome.reason === 'aborted') return settleJob(ports, input)
  if (outcome.kind === 'refused') {
    throw new Error(`the job ${job_execution_id} cannot be settled: ${outcome.reason}`)
  }
  return outcome.item
}

/**
 * A start that was on its way when the job was closed. One whose execution had ended is not asked for: only a
 * redrive could make it run again, and the sweeper, who lists what runs, stops that.
 */
async function stopLateStart({ executions }: Settling, job: Job): Promise<void> {
  if (job.closed?.end.status !== 'NOT_STARTED') return
  const execution = await executions.describe(job.execution_arn)
  if (execution && !execution.end) await executions.stop(job)
}

/** The state of an ended job stays; what is left behind is what it is now. */
async function endCleanUp({ jobs, clock }: Settling, job: Job, steps: Step[]): Promise<Job> {
  const run = job.clean_up?.run ?? 0
  const at = timeAt(clock.now())
  const event = { type: 'clean-up-ended' as const, at, run, left_behind: leftBehind(steps) }
  const { item } = await jobs.apply(job.job_execution_id, event, job)
  return item ?? job
}

function refuseUnfinished(job: Job, steps: Step[]): void {
  const left = nextHooks(job, steps, steps.length)
  if (left.length === 0) return
  throw new Error(`${left.length} steps of the job ${job.job_execution_id} are not cleaned up yet`)
}

async function skipUnclaimed(ports: Settling, job: Job, claimed: Step[]): Promise<void> {
  const template = await ports.templates.ofJob(job)
  const { job_execution_id, abort_request } = job
  for (const { name, order, ...traits } of template ? neverClaimed(template, claimed) : []) {
    const key = { job_execution_id, name, order, index: null, visit: null }
    const { abortable, clean_up_after, irreversible, hooks = null } = traits
    const known = {
      abortable,
      clean_up_after,
      irreversible,
      hooks,
      rank: null,
      item_count: null,
      loop_order: null,
    }
    const step = { ...key, ...known, template: job.template }
    const at = timeAt(ports.clock.now())
    await ports.steps.apply(key, { type: 'skip', at, step, accepted: acceptedAt(job), abort_request })
  }
}
