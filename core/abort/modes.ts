import { WHY_NO_GRACEFUL } from '../attached.ts'
import { isWorking } from '../clean-up/unfinished.ts'
import { ABORT_MODES, type AbortMode, type Job, type Time } from '../job/job.ts'
import { type Step, stepLabel } from '../step/step.ts'
import type { Template } from '../template.ts'
import { answerAbort } from './answer.ts'

export type SupportedMode = { mode: AbortMode; supported: boolean; reason: string | null }
/** What a template says of its modes. */
export type TemplateModes = Pick<Template, 'name' | 'abort_modes'>
type Surroundings = { template: TemplateModes | null; steps: Step[]; now: Time }

/** Each abort mode, whether it can be asked for now, and why not, or what it will wait for. */
export function supportedModes(job: Job, { template, steps, now }: Surroundings): SupportedMode[] {
  return ABORT_MODES.map((mode) => {
    const reason = whyNot(job, mode, template)
    if (reason) return { mode, supported: false, reason }
    return { mode, supported: true, reason: mode === 'graceful' ? deferral(steps, now) : null }
  })
}

function whyNot(job: Job, mode: AbortMode, template: TemplateModes | null): string | null {
  switch (answerAbort(job, mode, template?.abort_modes)) {
    case 'ended':
      return `the job is ${job.state} already`
    case 'repeat':
      return `the job is CANCELLING already (${job.abort_request?.mode})`
    case 'closed':
      return `the execution ended ${job.closed?.end.status} and is being cleaned up`
    case 'unsupported':
      if (job.attached) return WHY_NO_GRACEFUL
      return `the template ${template?.name} supports ${template?.abort_modes.join(', ')} only`
    default:
      return null
  }
}

/** Of a Map's children. */
const MOST_NAMED = 5

/** What a graceful abort waits for: running steps that do not stop inside. */
function deferral(steps: Step[], now: Time): string | null {
  const deaf = steps.filter((step) => step.abortable !== 'checkpoint' && isWorking(step, now))
  if (deaf.length === 0) return null
  const more = deaf.length > MOST_NAMED ? ` and ${deaf.length - MOST_NAMED} more` : ''
  return `waits for the end of ${deaf.slice(0, MOST_NAMED).map(stepLabel).join(', ')}${more}`
}
