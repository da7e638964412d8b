import { runningSteps } from '#core/clean-up/unfinished.ts'
import { NotFoundError } from '#core/errors.ts'
import type { Fault, Job } from '#core/job/job.ts'
import { executionFault } from '#core/job/reducer.ts'
import type { Step } from '#core/step/step.ts'
import { timeAt } from '#core/time.ts'
import type { Needs, StandDownInput } from '../ports.ts'
import { stepsOf } from '../steps/steps-of.ts'

/** An attempt may acknowledge long before its lease ends, so the next look comes soon. */
const LOOK_AGAIN_SECONDS = 1

export type Drained = StandDownInput & { running: number; wait_seconds: number }

/**
 * Closes the job and fences its running steps (both only the first time), then tells for how many attempts
 * to wait: those that neither said that they stopped nor lost their lease.
 */
export async function drain(
  ports: Needs<'jobs' | 'steps' | 'clock'>,
  input: StandDownInput,
): Promise<Drained> {
  const { job_execution_id, end, call } = input
  const at = timeAt(ports.clock.now())
  const { item: job } = await ports.jobs.apply(job_execution_id, { type: 'close', at, end })
  if (!job) throw new NotFoundError(`there is no job ${job_execution_id} to stand down`)
  const steps = await fenceRunning(ports, job)
  const running = runningSteps(steps, timeAt(ports.clock.now()))
  return {
    job_execution_id,
    end,
    ...(call ? { call } : {}),
    running: running.length,
    wait_seconds: LOOK_AGAIN_SECONDS,
  }
}

/** Of a step that a committed job left open, as a Catch around a failed Parallel leaves its siblings. */
const ABANDONED: Fault = {
  exception: 'StepAbandoned',
  exception_message: 'the execution went on without this step, and its attempt never said how it ended',
  module_name: 'execution',
  function_name: 'run',
}

/**
 * From here on no running attempt of the job can write anything but that it has stopped. Answers the steps as
 * they now are.
 */
export async function fenceRunning(ports: Needs<'steps' | 'clock'>, job: Job): Promise<Step[]> {
  const { epoch, abort_request } = job
  const fault = job.closed ? executionFault(job.closed.end) : ABANDONED
  const fenced: Step[] = []
  for (const step of await stepsOf(ports, job)) {
    if (step.state !== 'ONGOING') {
      fenced.push(step)
      continue
    }
    const event = { type: 'fence' as const, at: timeAt(ports.clock.now()), epoch, abort_request, fault }
    const { item } = await ports.steps.apply(step, event, step)
    fenced.push(item ?? step)
  }
  return fenced
}
