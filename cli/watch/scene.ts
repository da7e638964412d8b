import { abortPhase } from '#core/abort/phase.ts'
import type { JobView } from '#core/api/answers.ts'
import { spoken } from '../duration.ts'
import { cell } from '../output/format.ts'
import { type Paint, stateText } from '../output/paint.ts'
import { type Drawing, stepLines } from './step-lines.ts'

/** A job as it is now: its state, the phase of its abort, its steps. */
export function scene(job: JobView, drawing: Drawing): string[] {
  const { paint, now } = drawing
  const since = spoken(now - Date.parse(job.started_at ?? job.created_at))
  const head = `${paint('bold', job.template)} ${job.job_execution_id}  ${stateText(job.state, paint)}  ${since}`
  const more = job.more_steps ? ['  ... and more steps than are shown'] : []
  return [head, ...abortLines(job, paint), ...stepLines(job.steps, drawing), ...more]
}

/** Who wanted it, and how far it is. */
export function abortLines(job: JobView, paint: Paint): string[] {
  const { abort_request: request } = job
  if (!request) return []
  const why = request.reason === null ? '' : `: ${cell(request.reason)}`
  const by = `  aborted by ${cell(request.requested_by)}, ${request.mode}${request.rollback ? ' with rollback' : ''}${why}`
  const phase = phaseText(job)
  return phase === null ? [by] : [by, `  ${paint('yellow', phase)}`]
}

export function phaseText(job: JobView): string | null {
  const phase = abortPhase(job)
  if (!phase) return null
  if (phase.name === 'settling') return 'settling'
  if (phase.name === 'cleaning-up') return `cleaning up: ${phase.done} of ${phase.total}`
  const waited = phase.awaited
    .slice(0, 3)
    .map(({ step, until }) => step + (until ? ` (until ${until} at most)` : ''))
  const more = phase.awaited.length > 3 ? ` and ${phase.awaited.length - 3} more` : ''
  return waited.length === 0 ? 'draining' : `draining: waits for ${waited.join(', ')}${more}`
}
