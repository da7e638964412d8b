import { NotFoundError } from '#core/errors.ts'
import { drainSeconds, stillRunning } from '#core/stand-down.ts'
import { type Deps, now } from './deps.ts'
import type { StandDownInput } from './stand-down.ts'

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
  for (const step of await deps.store.getSteps(job_execution_id)) {
    if (step.state !== 'ONGOING') continue
    const { epoch, abort_request } = job
    await deps.store.applyStep(step, { type: 'fence', at: now(), epoch, abort_request }, step)
  }
  const running = stillRunning(await deps.store.getSteps(job_execution_id), now())
  const wait_seconds = Math.min(LOOK_AGAIN_SECONDS, drainSeconds(running, now()))
  return { job_execution_id, end, running: running.length, wait_seconds }
}
