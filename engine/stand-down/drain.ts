import { afterLook } from '#core/clean-up/history.ts'
import { isToBeFenced, runningSteps } from '#core/clean-up/unfinished.ts'
import { NotFoundError } from '#core/errors.ts'
import type { Fault, Job } from '#core/job/job.ts'
import { executionFault } from '#core/job/reducer.ts'
import type { Step, StepKey } from '#core/step/step.ts'
import { timeAt } from '#core/time.ts'
import type { Needs, StandDownInput } from '../ports.ts'
import { stepsOf } from '../steps/steps-of.ts'

/**
 * An attempt may acknowledge long before its lease ends, so the first looks come soon. One that did not by then is
 * waited for until its Lambda's end: each look takes room from the history.
 */
const SOON_SECONDS = 1
const SOON_LOOKS = 40
const LATER_SECONDS = 5
/** The state machine keeps them between two looks, in 256 KB at most. */
const MOST_WAITED_FOR = 200

/** What is waited for, as the state machine's data carry it from look to look; `more`: these are not all. */
export type Waiting = { steps: Omit<StepKey, 'job_execution_id'>[]; more: boolean }
/** `events`: how many the execution's history has by now. */
export type DrainInput = StandDownInput & { waiting?: Waiting; events?: number }
export type Drained = DrainInput & { running: number; wait_seconds: number; events: number }

type Draining = Needs<'jobs' | 'steps' | 'clock'>

/**
 * Closes the job and fences its running steps (both only the first time), then tells for how many attempts
 * to wait: those that neither said that they stopped nor lost their lease. A later look reads only these again: what
 * was claimed after the job was closed is refused, and the clean-up looks at all steps once more.
 */
export async function drain(ports: Draining, input: DrainInput): Promise<Drained> {
  const { job_execution_id, end, call } = input
  const events = afterLook(input.events ?? 0)
  const at = timeAt(ports.clock.now())
  const { item: job } = await ports.jobs.apply(job_execution_id, { type: 'close', at, end })
  if (!job) throw new NotFoundError(`there is no job ${job_execution_id} to stand down`)
  const { running, more } = await lookAt(ports, job, input.waiting)
  return {
    job_execution_id,
    end,
    ...(call ? { call } : {}),
    running: running.length,
    wait_seconds: events < afterLook(0) * SOON_LOOKS ? SOON_SECONDS : LATER_SECONDS,
    events,
    ...(running.length > 0 ? { waiting: waitingFor(running, more) } : {}),
  }
}

/** `more`: others may be running than those that were looked at. */
type Look = { running: Step[]; more: boolean }

async function lookAt(ports: Draining, job: Job, waiting: Waiting | undefined): Promise<Look> {
  const runningOf = (steps: Step[]): Step[] => runningSteps(steps, timeAt(ports.clock.now()))
  if (waiting) {
    const { job_execution_id } = job
    const read = waiting.steps.map((key) => ports.steps.get({ ...key, job_execution_id }))
    const running = runningOf((await Promise.all(read)).filter((step) => step !== undefined))
    if (running.length > 0 || !waiting.more) return { running, more: waiting.more }
  }
  return { running: runningOf(await fenceRunning(ports, job)), more: false }
}

function waitingFor(running: Step[], more: boolean): Waiting {
  const first = running.slice(0, MOST_WAITED_FOR)
  const steps = first.map(({ name, order, index, visit }) => ({ name, order, index, visit }))
  return { steps, more: more || running.length > first.length }
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
    if (!isToBeFenced(step)) {
      fenced.push(step)
      continue
    }
    const event = { type: 'fence' as const, at: timeAt(ports.clock.now()), epoch, abort_request, fault }
    const { item } = await ports.steps.apply(step, event, step)
    fenced.push(item ?? step)
  }
  return fenced
}

/** Most steps see a force within a quarter of a second, and say so soon after. */
const PROMPT_LOOKS_MS = [100, 100, 100, 150, 150, 200]
/** So many steps are worth it: each look reads each of them. */
const FEW = 20

/**
 * As `drain`; where few steps still run at the first look it looks again at once, before the state machine waits for
 * a whole second.
 */
export async function drainPromptly(
  ports: Draining,
  input: DrainInput,
  pause: (milliseconds: number) => Promise<unknown>,
): Promise<Drained> {
  let drained = await drain(ports, input)
  if (input.waiting || drained.running > FEW) return drained
  for (const milliseconds of PROMPT_LOOKS_MS) {
    if (drained.running === 0) break
    await pause(milliseconds)
    // Of one task, whose events the first look has counted.
    drained = { ...(await drain(ports, drained)), events: drained.events }
  }
  return drained
}
