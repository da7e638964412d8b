import { isCleaningUp, type Job } from '../job/job.ts'
import { isTerminal } from '../states.ts'
import type { Step } from '../step/step.ts'
import type { Hook } from './hook.ts'
import { canRevert, isLeftBehind } from './left-behind.ts'
import { needsAbort } from './unfinished.ts'

export type HookCall = { hook: Hook; step: Step }

/**
 * Only a job that is being cancelled, and was asked to, undoes what had finished; and each that ends otherwise than
 * well what was to last no longer than it.
 */
const undoes = (job: Job, { external }: Step): boolean =>
  (job.state === 'CANCELLING' && job.abort_request.rollback) ||
  (external?.revert_when === 'not-committed' && !isTerminal(job.state))

/** The hook that a step still needs, if any. A repeated clean-up tries once each that an earlier run left behind. */
export function hookFor(job: Job, step: Step): Hook | null {
  if (needsAbort(step)) return 'abort'
  if (step.state === 'SUCCEEDED') return undoes(job, step) && canRevert(step) ? 'revert' : null
  const { clean_up } = step
  const isLeft = isCleaningUp(job) && isLeftBehind(step) && clean_up?.run !== job.clean_up?.run
  return isLeft ? (clean_up?.hook ?? null) : null
}

/**
 * The rule of clean-up order. The hooks to run next are those of the highest place, because a later step may
 * rest on an earlier one and steps of one place are independent. Empty when all is cleaned up. Computed anew
 * from the items each time, so that a stand-down killed at any point goes on where it was.
 */
export function nextHooks(job: Job, steps: Step[], limit: number): HookCall[] {
  const calls = steps.flatMap((step) => {
    const hook = hookFor(job, step)
    return hook ? [{ hook, step }] : []
  })
  const [first] = [...calls].sort((a, b) => comparePlaces(b.step, a.step))
  return calls.filter((call) => first && comparePlaces(call.step, first.step) === 0).slice(0, limit)
}

/** By order; within a loop by visit, which is the time it began; within a Map by the rank that its data give. */
function comparePlaces(a: Step, b: Step): number {
  const order = (a.loop_order ?? a.order) - (b.loop_order ?? b.order)
  if (order !== 0) return order
  if (a.visit !== b.visit) return (a.visit ?? '') < (b.visit ?? '') ? -1 : 1
  return (a.rank ?? 0) - (b.rank ?? 0)
}
