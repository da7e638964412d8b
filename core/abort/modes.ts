import { ABORT_MODES, type AbortMode, type Job, type Time } from '../job/job.ts'
import { isTerminal } from '../states.ts'
import { isLive, type Step, stepLabel } from '../step/step.ts'
import type { Template } from '../template.ts'

export type SupportedMode = { mode: AbortMode; supported: boolean; reason: string | null }
type Told = { template: Template | null; steps: Step[]; now: Time }

/** Each abort mode, whether it can be asked for now, and why not, or what it will wait for. */
export function supportedModes(job: Job, told: Told): SupportedMode[] {
  return ABORT_MODES.map((mode) => {
    const against = refusal(job, mode, told.template)
    if (against) return { mode, supported: false, reason: against }
    return { mode, supported: true, reason: mode === 'graceful' ? deferral(told) : null }
  })
}

function refusal(job: Job, mode: AbortMode, template: Template | null): string | null {
  if (isTerminal(job.state)) return `the job is ${job.state} already`
  if (job.state === 'CANCELLING') {
    const forced = job.abort_request.mode === 'force'
    if (mode === 'graceful') return `the job is CANCELLING already (${job.abort_request.mode})`
    return forced ? 'the job is CANCELLING already (force)' : null
  }
  if (job.closed) return `the execution ended ${job.closed.end.status} and is being cleaned up`
  if (mode === 'graceful' && template && !template.abort_modes.includes(mode)) {
    return `the template ${template.name} supports ${template.abort_modes.join(', ')} only`
  }
  return null
}

function deferral({ steps, now }: Told): string | null {
  const deaf = steps.filter((s) => s.state === 'ONGOING' && s.abortable !== 'checkpoint' && isLive(s, now))
  return deaf.length > 0 ? `waits for the end of ${deaf.map(stepLabel).join(', ')}` : null
}
