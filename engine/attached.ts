import { type AttachedMachine, attachedCall, type SeenExecution } from '#core/attached.ts'
import { JobIdTaken } from '#core/errors.ts'
import { type ExecutionEnd, type Job, stateMachineArnOf } from '#core/job/job.ts'
import { lifeOf } from '#core/step/of-job.ts'
import type { Step } from '#core/step/step.ts'
import { timeAt } from '#core/time.ts'
import type { JsonText } from '#core/value.ts'
import { admitJob } from './jobs/admit.ts'
import { stopIfIdleOrOver } from './jobs/stop-if-idle.ts'
import type { Needs } from './ports.ts'
import { stepKeyOf, takeStep } from './steps/claim.ts'
import { failureOf, finishOf, LONGEST_EXECUTION_MS } from './steps/external.ts'

// Executions of state machines that were attached as they are. Nothing in them asks whether it may run, or says how it
// ended: what is written here follows from what Step Functions tells, by events and, where these are lost, by the sweep.

type Attaching = Needs<
  'jobs' | 'steps' | 'values' | 'executions' | 'templates' | 'clock' | 'ids' | 'log' | 'standDowns'
>

/** An execution runs: it becomes a job, whoever started it, and is stopped where an abort came before that was known. */
export async function executionRuns(ports: Attaching, seen: SeenExecution): Promise<void> {
  const machine = ports.templates.attached(stateMachineArnOf(seen.execution_arn))
  const job = machine && (await jobOfExecution(ports, machine, seen))
  if (!job) return
  if (job.ended_at === null) await claimed(ports, machine, seen)
  // A redrive is its owner's will; any other execution of an ended job was started while that was being aborted.
  else if ((await ports.executions.describe(seen.execution_arn))?.redriven) return
  await stopIfIdleOrOver(ports, (await ports.jobs.get(seen.name)) ?? job)
}

/** Its job, adopted if need be. Undefined where its name is that of another machine's job, so that it cannot be one. */
export async function jobOfExecution(
  ports: Attaching,
  machine: AttachedMachine,
  seen: SeenExecution,
): Promise<Job | undefined> {
  const { job_execution_id, template, ...call } = attachedCall(machine, seen)
  try {
    const admission = { ...lifeOf(call), job_execution_id, template, attached: true as const }
    const { item } = await admitJob(ports, admission)
    return item
  } catch (error) {
    if (!(error instanceof JobIdTaken)) throw error
    ports.log.warn(`the execution ${seen.execution_arn} cannot be shown: its name is another job's`, error)
    return undefined
  }
}

/** That it runs is a fact, not a request: an abort does not refuse the claim, but finds what it has to clean up. */
async function claimed(
  ports: Attaching,
  machine: AttachedMachine,
  seen: SeenExecution,
): Promise<Step | undefined> {
  const takenAt = ports.clock.now()
  const leaseUntil = takenAt + LONGEST_EXECUTION_MS
  const holder = { owner: ports.ids.random(), takenAt, leaseUntil, deadBy: leaseUntil }
  const call = attachedCall(machine, seen)
  const { item } = await takeStep(ports, call, { ...holder, function_arn: machine.functions.abort })
  return item ?? (await ports.steps.get(stepKeyOf(call)))
}

export type SeenEnd = { end: ExecutionEnd; output?: JsonText | undefined }

/**
 * Records how the execution of an attached machine has ended; true where that ends its job, too. Otherwise it is to be
 * stood down: an abort came first, or it did not end well.
 */
export async function recordEnd(
  ports: Attaching,
  { job, started_at }: { job: Job; started_at: string },
  { end, output }: SeenEnd,
): Promise<boolean> {
  const { execution_arn, job_execution_id: name } = job
  const machine = ports.templates.attached(stateMachineArnOf(execution_arn))
  if (machine)
    await endStep(ports, await claimed(ports, machine, { name, execution_arn, started_at }), { end, output })
  if (end.status !== 'SUCCEEDED') return false
  const at = timeAt(ports.clock.now())
  // One that ended before it was seen to run has not begun.
  const execution = { execution_arn, execution_started_at: started_at }
  const begun = await ports.jobs.apply(name, { type: 'begin', at, execution }, job)
  const { kind } = await ports.jobs.apply(name, { type: 'commit', at }, begun.item ?? job)
  return kind !== 'refused'
}

/** One that was stopped is left open: its stand-down fences it, and has it cleaned up. */
async function endStep(ports: Attaching, step: Step | undefined, { end, output }: SeenEnd): Promise<void> {
  if (!step || step.owner === null || end.status === 'ABORTED') return
  const ending = { at: timeAt(ports.clock.now()), owner: step.owner }
  const error = { Error: end.error ?? end.status, Cause: end.cause ?? '' }
  const event =
    end.status === 'SUCCEEDED'
      ? await finishOf(ports, step, { ...ending, result: output ? JSON.parse(output) : null })
      : // What it had begun beside that which failed was asked to stop, and may go on.
        failureOf(step, { ...ending, error, stop: 'requested' })
  await ports.steps.apply(step, event, step)
}
