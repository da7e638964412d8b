import type { Job } from '#core/job/job.ts'
import type { State } from '#core/states.ts'
import type { Progress, Step } from '#core/step/step.ts'
import { readValue } from '#engine/values/read.ts'
import type { World } from './world.ts'

/** What has become of the step, and of the job around it. */
export type Outcome<Result, Checkpoint> = {
  state: State
  result: Result | null
  /** The last that was kept. */
  checkpoint: Checkpoint | null
  progress: Progress | null
  /** Its `abort`, or `revert`, has run to its end. */
  cleanedUp: boolean
  attempts: number
  /** Why it failed, or its hook. */
  fault: string | null
  job: State
  /** The test came as far as it wanted to. */
  reached: boolean
}

export async function outcomeOf<Result, Checkpoint>(
  { ports }: World,
  { job_execution_id }: Job,
  reached: boolean,
): Promise<Outcome<Result, Checkpoint>> {
  const job = await ports.jobs.get(job_execution_id)
  const [step] = await ports.steps.list(job_execution_id)
  if (!job || !step) throw new Error('the step was never claimed')
  const value = (of: Step['result']) => readValue(ports, job_execution_id, of)
  const fault = step.clean_up?.fault ?? step.fault ?? job.fault
  return {
    state: step.state,
    result: (await value(step.result)) as Result | null,
    checkpoint: (await value(step.checkpoint)) as Checkpoint | null,
    progress: step.progress,
    cleanedUp: step.cleaned_up,
    attempts: step.attempt,
    fault: fault && `${fault.exception}: ${fault.exception_message}`,
    job: job.state,
    reached,
  }
}
