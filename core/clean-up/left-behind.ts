import type { Closed, Fault, Job, NotUndone } from '../job/job.ts'
import { executionFault, type Outcome } from '../job/reducer.ts'
import { type Step, stepLabel } from '../step/step.ts'
import { plainText } from '../text/plain-text.ts'
import { bytesOf } from '../value.ts'

/** Of the job's item, which every look reads: each step's own item says more of it. */
const MAX_BYTES = 768
const MAX_MESSAGE_CHARACTERS = 256

/** Its clean-up or revert failed, and was not repeated with success. */
export const isLeftBehind = (step: Step): boolean => Boolean(step.clean_up?.fault) && !step.cleaned_up

/** A step of layout 1 does not say which hooks it has: its function will. */
export const canRevert = (step: Step): boolean => step.hooks === null || step.hooks.includes('revert')

/** What a stand-down leaves: what it could not clean up, what it did not undo, and the fault that this means. */
export function outcomeOf(job: Job, steps: Step[]): Outcome {
  const failed = steps.filter(isLeftBehind)
  const left_behind = leftBehind(failed)
  if (job.state !== 'CANCELLING') {
    const fault = job.closed && runFault(job.closed, steps)
    return { aborted: false, left_behind, not_undone: [], fault }
  }
  const fault = failed.length === 0 ? null : cleanUpFault(failed)
  return { aborted: true, left_behind, not_undone: notUndone(job, steps), fault }
}

/** One line for each step whose clean-up failed, as many as the job's item holds. */
export const leftBehind = (steps: Step[]): string[] =>
  withinBytes(steps.filter(isLeftBehind).map(lineOf), MAX_BYTES)

/** Names the first step, and says how the others are called. */
function cleanUpFault(failed: Step[]): Fault {
  const labels = failed.map(stepLabel).join(', ')
  return {
    exception: 'CleanUpFailed',
    exception_message: plainText(`the clean-up of ${labels} failed`, MAX_MESSAGE_CHARACTERS),
    module_name: failed[0]?.name ?? 'stand-down',
    function_name: failed[0]?.clean_up?.hook ?? 'abort',
  }
}

/** What an execution that nobody aborted failed of, as the step says it that failed. */
function runFault(closed: Closed, steps: Step[]): Fault {
  const fault = executionFault(closed.end)
  const failing = failingStep(closed, steps)
  if (!failing?.fault) return fault
  const { exception_message, function_name } = failing.fault
  return { ...fault, exception_message, module_name: failing.name, function_name }
}

/** A step that failed of what the execution ended of; else the only one that never said anything. */
function failingStep({ end }: Closed, steps: Step[]): Step | undefined {
  const failed = steps.filter((step) => step.state === 'FAILED' && step.fault !== null)
  const byThemselves = failed.filter((step) => !step.fenced)
  const alike = byThemselves.find((step) => step.fault?.exception === end.error)
  return alike ?? (byThemselves.length === 0 && failed.length === 1 ? failed[0] : undefined)
}

export const NO_ABORT = 'it has no abort'
export const NO_REVERT = 'it has no revert'

/** A Map may have thousands of children: the first of them are in the job, each of them says it of itself. */
const MAX_NOT_UNDONE = 20

/** After a rollback: the steps that ran and stay as they are, and why. */
export function notUndone(job: Job, steps: Step[]): NotUndone[] {
  if (!job.abort_request?.rollback) return []
  const undone = steps.flatMap((step) => {
    const reason = whyNotUndone(step)
    return reason === null ? [] : [{ step: step.name, index: step.index, reason }]
  })
  return undone.slice(0, MAX_NOT_UNDONE)
}

/** Why what a step did stays; null where it did nothing, was undone, or is told as left behind. */
function whyNotUndone(step: Step): string | null {
  if (!step.touched) return null
  if (step.irreversible) return irreversibleReason(step.irreversible)
  if (step.cleaned_up || isLeftBehind(step)) return null
  return step.state === 'SUCCEEDED' || step.clean_up?.hook === 'revert' ? NO_REVERT : NO_ABORT
}

export const irreversibleReason = (text: string): string => plainText(text, 200)

const lineOf = (step: Step): string =>
  `${stepLabel(step)}: ${plainText(step.clean_up?.fault?.exception_message ?? 'unknown', MAX_MESSAGE_CHARACTERS)}`

/** The first lines that fit, and how many more there are. */
function withinBytes(lines: string[], max: number): string[] {
  let bytes = 0
  const fit = lines.filter((line, i) => {
    bytes += bytesOf(line)
    return bytes <= max || i === 0
  })
  const more = lines.length - fit.length
  return more === 0 ? lines : [...fit, `and ${more} more: see the steps`]
}
