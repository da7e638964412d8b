import { ValueNotKept } from '#core/errors.ts'
import type { AbortRequest, Fault, Time } from '#core/job/job.ts'
import { childNames, whyNoChildName } from '#core/step/child.ts'
import { lifeOf, stepsOfJob } from '#core/step/of-job.ts'
import type { StepEvent } from '#core/step/reducer.ts'
import { type Step, type StepKey, stepLabel } from '#core/step/step.ts'
import type { ExternalEndCall, StepCall } from '#core/template.ts'
import { messageOfCause, plainText } from '#core/text/plain-text.ts'
import { timeAt } from '#core/time.ts'
import { jsonText } from '#core/value.ts'
import { admitJob } from '../jobs/admit.ts'
import { stopIfIdleOrOver } from '../jobs/stop-if-idle.ts'
import type { Needs } from '../ports.ts'
import { putResult, roomBeside } from '../values/places.ts'
import { type Claiming, decline, refusedClaim, stepKeyOf, stopRedriven, takeStep } from './claim.ts'
import { fenced } from './signals.ts'

// A step whose work is a task that runs no code of ours: states around it claim it and say how it ended.

/** No execution is longer, https://docs.aws.amazon.com/step-functions/latest/dg/limits-overview.html */
export const LONGEST_EXECUTION_MS = 366 * 24 * 3_600_000

/** The errors by which Step Functions gives up work that may go on. */
const GIVEN_UP = ['States.Timeout', 'States.HeartbeatTimeout']

/** As a Catch gives it. */
export type TaskError = { Error?: string; Cause?: string }
export type ExternalEnd = { result: unknown } | { error: TaskError | null }

/**
 * Claims the step as `claimStep` does; its lease is its execution's. Returns where its task may begin.
 *
 * @throws JobAborted, StepBusy, StepFenced, JobIdTaken, ValueNotKept
 */
export async function claimExternal(
  ports: Claiming,
  call: StepCall,
  function_arn: string | null,
): Promise<void> {
  refuseLongName(call)
  const takenAt = ports.clock.now()
  const owner = ports.ids.random()
  const deadBy = takenAt + LONGEST_EXECUTION_MS
  const outcome = await takeStep(ports, call, { owner, takenAt, leaseUntil: deadBy, deadBy, function_arn })
  if (outcome.kind === 'refused') {
    if (outcome.reason === 'over') await stopRedriven(ports, call.job_execution_id)
    await refusedClaim(ports, outcome)
    return
  }
  const { job_execution_id, template } = call
  const job = await admitJob(ports, { ...lifeOf(call), job_execution_id, template })
  if (job.kind === 'refused') await decline(ports, { step: outcome.item, job: job.item, owner })
}

function refuseLongName(call: StepCall): void {
  const external = call.external && { ...call.external, entry: call.external, stop: null }
  const reason = whyNoChildName({ ...stepKeyOf(call), ...(external && { external }) })
  if (reason) throw new ValueNotKept(`${call.step} cannot begin: ${reason}`)
}

/**
 * Records how the step's task has ended. A repeat changes nothing.
 *
 * @throws StepFenced where the step is not its execution's any more
 */
export async function endExternal(ports: Claiming, call: ExternalEndCall, end: ExternalEnd): Promise<void> {
  const step = await endedStep(ports, call)
  const { owner } = step
  if (owner === null) throw fenced(step)
  const ending = { at: timeAt(ports.clock.now()), owner }
  const aborted = 'error' in end ? await abortOfChild(ports, step) : null
  const event = aborted
    ? { type: 'acknowledge' as const, ...ending, abort_request: aborted }
    : 'result' in end
      ? await finishOf(ports, step, { ...ending, ...end })
      : failureOf(step, { ...ending, ...end, stop: stopOf(end) })
  const outcome = await ports.steps.apply(step, event, step)
  if (outcome.kind === 'refused') throw fenced(outcome.item ?? step)
  // What the task did is recorded; an execution that could not be stopped now is left to the sweeper.
  const job = await ports.jobs.get(call.job_execution_id).catch(() => undefined)
  if (job) await stopIfIdleOrOver(ports, job).catch(() => undefined)
}

/** The abort of the job, where its step's task failed because what it waited for was aborted with it. */
async function abortOfChild({ jobs }: Claiming, step: Step): Promise<AbortRequest | null> {
  if (!step.external?.child) return null
  const [job, ...children] = await Promise.all(
    [step.job_execution_id, ...childNames(step)].map((id) => jobs.get(id)),
  )
  const wasAborted = children.some((child) => child?.abort_request)
  return job?.state === 'CANCELLING' && wasAborted ? job.abort_request : null
}

async function endedStep(ports: Claiming, call: ExternalEndCall): Promise<Step> {
  const key = stepKeyOf({ ...call, step: call.ends })
  const inLoop = call.loop_order !== undefined
  const step = inLoop ? await lastVisit(ports, key, call.entered_at) : await ports.steps.get(key)
  const { execution_arn, execution_started_at } = lifeOf(call)
  const isIts = step?.execution_arn === execution_arn && step.execution_started_at === execution_started_at
  if (step && isIts) return step
  throw new Error(
    `the task of ${stepLabel(key)} has ended, but the execution ${execution_arn} never claimed it`,
  )
}

/** In a loop: the last one before the state that tells of its end was entered; a late repeat must not end the next. */
async function lastVisit({ jobs, steps }: Claiming, key: StepKey, before: Time): Promise<Step | undefined> {
  const job = await jobs.get(key.job_execution_id)
  const all = job ? stepsOfJob(job, await steps.list(key.job_execution_id)) : []
  return all
    .filter(({ name, index }) => name === key.name && index === key.index)
    .filter(({ external }) => external !== undefined && external.entry.entered_at <= before)
    .sort((a, b) => ((a.visit ?? '') < (b.visit ?? '') ? -1 : 1))
    .at(-1)
}

type Ending = { at: Time; owner: string }

export async function finishOf(
  { values }: Needs<'values'>,
  step: Step,
  { result: returned, ...ending }: Ending & { result: unknown },
): Promise<StepEvent> {
  const text = jsonText(returned, { what: `the result of ${step.name}` })
  const { job_execution_id, checkpoint } = step
  const room = roomBeside(checkpoint)
  const result = await putResult(values, { job_execution_id, owner: ending.owner }, { text, room })
  return { type: 'finish', ...ending, result }
}

const stopOf = ({ error }: { error: TaskError | null }): Failure['stop'] =>
  GIVEN_UP.includes(error?.Error ?? '') ? 'requested' : null

type Failure = Ending & { error: TaskError | null; stop: 'requested' | null }

export const failureOf = (step: Step, { error, ...ending }: Failure): StepEvent => ({
  type: 'fail',
  ...ending,
  fault: faultOf(step, error),
})

const faultOf = ({ name }: Step, error: TaskError | null): Fault => ({
  exception: plainText(error?.Error || 'TaskFailed', 256),
  exception_message: plainText(messageOfCause(error?.Cause || 'the task failed and gave no cause'), 2_000),
  module_name: name,
  function_name: 'task',
})
