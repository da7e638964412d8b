import type { Deps } from '#aws/deps.ts'
import { drainSeconds, stillRunning } from '#core/clean-up/order.ts'
import { NotFoundError } from '#core/errors.ts'
import type { Job } from '#core/job/job.ts'
import type { Step } from '#core/step/step.ts'
import { now } from '../now.ts'
import type { StandDownInput } from './start.ts'

/** An attempt may acknowledge long before its lease ends: look again soon. */
const LOOK_AGAIN_SECONDS = 1

export type Drained = StandDownInput & { running: number; wait_seconds: number }

/**
 * Closes the job and fences its running steps (both only the first time), then tells for how many attempts
 * to wait: those that neither said that they stopped nor lost their lease.
 */
export async function drain(deps: Deps, input: StandDownInput): Promise<Drained> {
  const { job_execution_id, end } = input
  const outcome = await deps.store.applyJob(job_execution_id, { type: 'close', at: now(), end })
  const job = outcome.item
  if (!job) throw new NotFoundError(`there is no job ${job_execution_id} to stand down`)
  const running = stillRunning(await fenceRunning(deps, job), now())
  const wait_seconds = Math.min(LOOK_AGAIN_SECONDS, drainSeconds(running, now()))
  return { job_execution_id, end, running: running.length, wait_seconds }
}

/**
 * From here on no running attempt of the job can write anything but that it has stopped. Answers the steps as
 * they now are.
 */
export async function fenceRunning(deps: Deps, job: Job): Promise<Step[]> {
  const { epoch, abort_request } = job
  const steps: Step[] = []
  for (const step of await deps.store.getSteps(job.job_execution_id)) {
    if (step.state !== 'ONGOING') steps.push(step)
    else {
      const event = { type: 'fence' as const, at: now(), epoch, abort_request }
      const { item } = await deps.store.applyStep(step, event, step)
      steps.push(item ?? step)
    }
  }
  return steps
}
