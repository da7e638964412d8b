import type { ExecutionEnd } from '#core/job/job.ts'
import type { ExternalTraits, Step } from '#core/step/step.ts'
import type { ExternalEndCall, StepCall } from '#core/template.ts'
import { timeAt } from '#core/time.ts'
import { claimExternal, type ExternalEnd, endExternal } from '#engine/steps/external.ts'
import { defineHooks, type HooksDefinition } from '#sdk/define-hooks.ts'
import { openMemoryHouse, step } from '../house.ts'

type Abortable = 'boundary' | 'stop'
type Trait = Partial<ExternalTraits>

/** A job whose step `train` is a task that runs no code of ours, between a claim and an end. */
export async function openTraining(abortable: Abortable = 'boundary', traits: Trait = {}) {
  const house = openMemoryHouse([step('train', 1, { abortable }), step('book', 2)])
  const job = await house.start()
  const external = { revert_when: 'rollback' as const, functions: {}, ...traits }
  const call = (entered: number, retry = 0, more: Partial<StepCall> = {}): StepCall => ({
    ...house.payload(job, 'train').standdown,
    hooks: ['abort', 'revert'],
    external: { ...external, entered_at: timeAt(entered), retry },
    ...more,
  })
  const training = {
    house,
    job,
    call,
    claim: (entered = 1, retry = 0, more: Partial<StepCall> = {}) =>
      claimExternal(house.ports, call(entered, retry, more), 'arn:external'),
    end: (end: ExternalEnd, more: Partial<ExternalEndCall> = {}) =>
      endExternal(house.ports, { ...endCallOf(call(1)), ...more }, end),
    step: async (): Promise<Step> => (await house.ports.steps.list(job.job_execution_id))[0]!,
    execution: () => house.executions.all.get(job.execution_arn)!.status,
    /** Step Functions, or a person, ends the execution. */
    ended: (status: ExecutionEnd['status']) => house.executions.end(job.execution_arn, status),
  }
  return training
}

export type Training = Awaited<ReturnType<typeof openTraining>>

const endCallOf = ({ template, order, job_execution_id, execution_arn, execution_started_at }: StepCall) => ({
  ...{ template, order, job_execution_id, execution_arn },
  ...(execution_started_at === undefined ? {} : { execution_started_at }),
  ends: 'train',
  entered_at: timeAt(2),
})

/** Hooks that write down that they ran. */
export function hooksOf({ house }: Training, more: Partial<HooksDefinition<unknown>> = {}) {
  const ran: string[] = []
  const train = defineHooks<unknown>(
    {
      name: 'train',
      abort: async ({ ended }) => void ran.push(`abort, ended: ${ended}`),
      revert: async ({ result }) => void ran.push(`revert ${JSON.stringify(result)}`),
      ...more,
    },
    house.stepPorts,
  )
  return { ran, handlers: { train } }
}

export const abort = async (
  { house, job }: Training,
  mode: 'graceful' | 'force',
  rollback = false,
): Promise<void> => {
  await (await house.abort(job, mode, { rollback })).stopping
}
