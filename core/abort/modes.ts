import { isWorking } from '../clean-up/unfinished.ts'
import { ABORT_MODES, type AbortMode, type Job, type Time } from '../job/job.ts'
import { type Step, stepLabel } from '../step/step.ts'
import type { Template } from '../template.ts'
import { answerAbort } from './answer.ts'

export type SupportedMode = { mode: AbortMode; supported: boolean; reason: string | null }
type Surroundings = { template: Template | null; steps: Step[]; now: Time }

/** Each abort mode, whether it can be asked for now, and why not, or what it will wait for. */
export function supportedModes(job: Job, { template, steps, now }: Surroundings): SupportedMode[] {
  return ABORT_MODES.map((mode) => {
    const reason = whyNot(job, mode, template)
    if (reason) return { mode, supported: false, reason }
    return { mode, supported: true, reason: mode === 'graceful' ? deferral(steps, now) : null }
  })
}

function whyNot(job: Job, mode: AbortMode, template: Template | null): string | null {
  switch (answerAbort(job, mode, template?.abort_modes)) {
    case 'ended':
      return `the job is ${job.state} already`
    case 'repeat':
      return `the job is CANCELLING already (${job.abort_request?.mode})`
    case 'closed':
      return `the execution ended ${job.closed?.end.status} and is being cleaned up`
    case 'unsupported':
      return `the template ${template?.name} supports ${template?.abort_modes.join(', ')} only`
    default:
      return null
  }
}

/** What a graceful abort waits for: running steps that do not stop inside. */
function deferral(steps: Step[], now: Time): string | null {
  const deaf = steps.filter((step) => step.abortable !== 'checkpoint' && isWorking(step, now))
  return deaf.length > 0 ? `waits for the end of ${deaf.map(stepLabel).join(', ')}` : null
}
