import type { Job } from '../job/job.ts'
import type { Step } from '../step/step.ts'
import type { Hook } from './hook.ts'
import { isOpen } from './unfinished.ts'

export type HookCall = { hook: Hook; step: Step }

/** Only a job that is being cancelled, and was asked to, undoes what had finished. */
const rollsBack = (job: Job): boolean => job.state === 'CANCELLING' && job.abort_request.rollback

/** The hook that a step still needs, if any. */
export function hookFor(job: Job, step: Step): Hook | null {
  if (isOpen(step)) return 'abort'
  return step.state === 'SUCCEEDED' && rollsBack(job) ? 'revert' : null
}

/**
 * The rule of clean-up order. The hooks to run next are those of the highest order, because a later step may
 * rest on an earlier one and steps of one order are independent. Empty when all is cleaned up. Computed anew
 * from the items each time, so that a stand-down killed at any point goes on where it was.
 */
export function nextHooks(job: Job, steps: Step[], limit: number): HookCall[] {
  const calls = steps.flatMap((step) => {
    const hook = hookFor(job, step)
    return hook ? [{ hook, step }] : []
  })
  const highest = calls.reduce((order, call) => Math.max(order, call.step.order), 0)
  return calls.filter((call) => call.step.order === highest).slice(0, limit)
}
