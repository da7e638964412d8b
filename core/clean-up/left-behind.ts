import type { Fault, Job } from '../job/job.ts'
import { type Step, stepLabel } from '../step/step.ts'
import { plainText } from '../text/plain-text.ts'

/** The job's item also keeps its input: what was left behind is kept within this much. */
const MAX_BYTES = 8 * 1024
const MAX_MESSAGE_CHARACTERS = 1024

/** What a stand-down could not clean up, and the fault that it means for a job that has none of its own. */
export function leftBehind(job: Job, steps: Step[]): { left_behind: string[]; fault: Fault | null } {
  const failed = steps.filter((step) => step.state === 'FAILED' && !step.cleaned_up)
  const left_behind = withinBytes(failed.map(lineOf), MAX_BYTES)
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

const lineOf = (step: Step): string =>
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
