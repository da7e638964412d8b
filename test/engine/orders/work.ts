import type { HookPayload } from '#core/clean-up/hook-payload.ts'
import type { Job } from '#core/job/job.ts'
import type { Step } from '#core/step/step.ts'
import { Attempt, type Claim } from '#engine/steps/attempt.ts'
import { claimStep } from '#engine/steps/claim.ts'
import { runHook } from '#engine/steps/hook.ts'
import { jobInfo } from '#engine/steps/tools.ts'
import { callOf, INVOCATION, type ProcessPorts, type StepName, type System } from './system.ts'
import type { Watch } from './watch.ts'

/** One process that carries out a use case. */
export type Process = { name: string; system: System; ports: ProcessPorts; watch: Watch }

/** The author's code of a step: reports how far it has come, and looks at the abort. */
export async function work({ name, ports, watch }: Process, claim: Claim): Promise<void> {
  const { step } = claim
  const attempt = new Attempt(ports, claim)
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

/** The claim by which the step is held, as its attempt knows it. */
export function claimOf({ ports }: Process, step: Step, job: Job): Claim {
  const takenAt = ports.clock.now()
  const deadBy = takenAt + INVOCATION.remainingMs
  const author = { resumeFrom: null, info: jobInfo(job, null) }
  return { step, job, owner: step.owner!, takenAt, deadBy, concurrency: 0, ...author }
}

/** A whole invocation of a step's function. */
export async function invokeStep(process: Process, name: StepName): Promise<void> {
  const claimed = await claimStep(process.ports, callOf(name), INVOCATION)
  if (claimed.kind === 'claimed') await work(process, claimed.claim)
}

/** A hook of a step, as its function runs it. */
export function invokeHook(process: Process, payload: HookPayload, step: Step): Promise<unknown> {
  const { name: by, ports, watch } = process
  const { hook } = payload.standdown
  const run = async ({ save }: { save(data: unknown): Promise<void> }): Promise<void> => {
    watch.begin(by, hook, step)
    try {
      await save({ undone: 'half' })
    } finally {
      watch.end(by, step)
    }
  }
  return runHook(ports, { abort: run, revert: run }, { payload, remainingMs: INVOCATION.remainingMs })
}

/** Settling found a step that is still open. */
export const isUnfinished = (error: Error): boolean => error.message.includes('not cleaned up yet')
