import type { Hook } from '#core/clean-up/hook.ts'
import type { Job } from '#core/job/job.ts'
import type { Step } from '#core/step/step.ts'
import { Attempt } from '#engine/steps/attempt.ts'
import { claimStep } from '#engine/steps/claim.ts'
import { runHook } from '#engine/steps/hook.ts'
import { callOf, type ProcessPorts, type StepName, type System } from './system.ts'
import type { Watch } from './watch.ts'

/** One process that carries out a use case. */
export type Process = { name: string; system: System; ports: ProcessPorts; watch: Watch }

const REMAINING_MS = 900_000

/** The author's code of a step: reports how far it has come, and looks at the abort. */
export async function work({ name, ports, watch }: Process, step: Step, job: Job): Promise<void> {
  const attempt = new Attempt(ports, { step, job, owner: step.owner!, remainingMs: REMAINING_MS })
  try {
    watch.begin(name, 'run', step)
    try {
      await attempt.checkpoint({ half: true })
    } finally {
      watch.end(name, step)
    }
    await attempt.finish('result')
  } catch (error) {
    throw await attempt.fail(error)
  }
}

/** A whole invocation of a step's function. */
export async function invokeStep(process: Process, name: StepName): Promise<void> {
  const claimed = await claimStep(process.ports, callOf(name))
  if (claimed.kind === 'claimed') await work(process, claimed.step, claimed.job)
}

/** A hook of a step, as its function runs it. */
export function invokeHook(process: Process, hook: Hook, step: Step, epoch: number): Promise<unknown> {
  const { name: by, ports, watch } = process
  const { job_execution_id, name, order, index, visit } = step
  const key = { job_execution_id, name, order, index, visit }
  const payload = { standdown: { hook, key, epoch } }
  const run = async ({ save }: { save(data: unknown): Promise<void> }): Promise<void> => {
    watch.begin(by, hook, step)
    try {
      await save({ undone: 'half' })
    } finally {
      watch.end(by, step)
    }
  }
  return runHook(ports, { abort: run, revert: run }, { payload, remainingMs: REMAINING_MS })
}

/** Settling found a step that is still open. */
export const isUnfinished = (error: Error): boolean => error.message.includes('not cleaned up yet')
