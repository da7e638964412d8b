import type { Fault, Job, Time } from '../job/job.ts'
import { isTerminal } from '../states.ts'
import { isLive, leaseEnd, type Step, stepLabel } from '../step/step.ts'
import type { Template, TemplateStep } from '../template.ts'
import { plainText } from '../text/plain-text.ts'
import type { Hook } from './hook.ts'

/** True when the execution of a job being cancelled should be stopped: forced, or nothing runs any more. */
export function shouldStop(job: Job, steps: Step[], now: Time): boolean {
  if (job.state !== 'CANCELLING' || job.closed) return false
  return (
    job.abort_request.mode === 'force' || !steps.some((step) => step.state === 'ONGOING' && isLive(step, now))
  )
}

/** What the stand-down waits for: attempts that neither said that they stopped nor lost their lease. */
export function stillRunning(steps: Step[], now: Time): Step[] {
  return steps.filter((step) => unsettled(step) && isLive(step, now))
}

/** Whole seconds, at least 1, until the last of `steps` has certainly ended. */
export function drainSeconds(steps: Step[], now: Time): number {
  const last = steps.map(leaseEnd).sort().at(-1) ?? now
  return Math.max(1, Math.ceil((Date.parse(last) - Date.parse(now)) / 1000))
}

const unsettled = (step: Step): boolean => step.state === 'ONGOING' || step.state === 'CANCELLING'

export type HookCall = { hook: Hook; step: Step }

/** Only a job that is being cancelled, and was asked to, undoes what had finished. */
const rollsBack = (job: Job): boolean => job.state === 'CANCELLING' && job.abort_request.rollback

/** The hook that a step still needs, if any. */
export function hookFor(job: Job, step: Step): Hook | null {
  if (unsettled(step)) return 'abort'
  return step.state === 'SUCCEEDED' && rollsBack(job) ? 'revert' : null
}

/**
 * The hooks to run next: those of the highest order, because a later step may rest on an earlier one and
 * steps of one order are independent. Empty when all is cleaned up. Computed anew from the items each
 * time, so that a stand-down killed at any point goes on where it was.
 */
export function nextHooks(job: Job, steps: Step[], limit: number): HookCall[] {
  const calls = steps.flatMap((step) => {
    const hook = hookFor(job, step)
    return hook ? [{ hook, step }] : []
  })
  const highest = Math.max(...calls.map((call) => call.step.order))
  return calls.filter((call) => call.step.order === highest).slice(0, limit)
}

/** Steps of the template that no attempt ever claimed: the stand-down of an abort writes them as CANCELLED. */
export function neverClaimed(template: Template, steps: Step[]): TemplateStep[] {
  const claimed = new Set(steps.map((step) => step.name))
  return template.steps.filter((step) => !claimed.has(step.name))
}

/** The job's item also keeps its input: what was left behind is told within this much. */
const MAX_TOLD_BYTES = 8 * 1024
const MAX_MESSAGE_CHARACTERS = 1024

/** What a stand-down could not clean up, and the fault that it means for a job that has none of its own. */
export function leftBehind(job: Job, steps: Step[]): { left_behind: string[]; fault: Fault | null } {
  const failed = steps.filter((step) => step.state === 'FAILED' && !step.cleaned_up)
  const left_behind = withinBytes(failed.map(toldOf), MAX_TOLD_BYTES)
  if (failed.length === 0 || job.state !== 'CANCELLING') return { left_behind, fault: null }
  const labels = failed.map(stepLabel).join(', ')
  return {
    left_behind,
    fault: {
      exception: 'CleanUpFailed',
      exception_message: plainText(`the clean-up of ${labels} failed`, MAX_MESSAGE_CHARACTERS),
      module_name: 'stand-down',
      function_name: 'abort',
    },
  }
}

const toldOf = (step: Step): string =>
  `${stepLabel(step)}: ${plainText(step.fault?.exception_message ?? 'unknown', MAX_MESSAGE_CHARACTERS)}`

const bytesOf = (text: string): number => new TextEncoder().encode(text).length

/** The first lines that fit, and how many more there are. */
function withinBytes(lines: string[], max: number): string[] {
  let bytes = 0
  const fit = lines.filter((line) => {
    bytes += bytesOf(line)
    return bytes <= max
  })
  const more = lines.length - fit.length
  return more === 0 ? lines : [...fit, `and ${more} more: see the steps`]
}

/** True when a step of an ended job was left unfinished, as by a Catch around a failed Parallel. */
export const needsTidying = (job: Job, steps: Step[]): boolean =>
  isTerminal(job.state) && steps.some(unsettled)
