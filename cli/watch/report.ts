import { outcomeOf } from '#core/abort/outcome.ts'
import type { JobView } from '#core/api/answers.ts'
import { spoken } from '../duration.ts'
import { EXIT, type ExitCode } from '../exit.ts'
import { cell } from '../output/format.ts'
import { type Paint, stateText } from '../output/paint.ts'
import { abortLines } from './scene.ts'
import { stepLines } from './step-lines.ts'

/** What became of a job: its steps, what was undone and what was not, what is left behind. */
export function report(job: JobView, paint: Paint): string {
  const end = Date.parse(job.ended_at ?? job.updated_at)
  const took = spoken(end - Date.parse(job.started_at ?? job.created_at))
  const { undone, notUndone, leftBehind } = outcomeOf(job)
  return [
    `${paint('bold', job.template)} ${job.job_execution_id}  ${stateText(job.state, paint)} after ${took}`,
    ...abortLines(job, paint),
    ...(job.fault ? [`  ${cell(`${job.fault.exception}: ${job.fault.exception_message}`)}`] : []),
    'steps',
    ...stepLines(job.steps, { paint, now: end }),
    ...section('undone', undone),
    ...section('not undone', notUndone),
    ...section('left behind', leftBehind),
    ...(job.left_behind.length > 0 ? [`try again: standdown clean-up ${job.job_execution_id}`] : []),
  ].join('\n')
}

/** Of a Map with many items; `show -o json` has them all. */
const MOST_LINES = 20

function section(title: string, lines: string[]): string[] {
  if (lines.length === 0) return []
  const rest = lines.length - MOST_LINES
  const shown = lines.slice(0, MOST_LINES).map((line) => `  ${cell(line)}`)
  return [title, ...shown, ...(rest > 0 ? [`  and ${rest} more`] : [])]
}

/** `wanted`: whether a cancelled job is what the caller waited for. */
export function codeOfEnd(job: JobView, wanted: 'any' | 'success' | 'abort'): ExitCode {
  if (job.state === 'SUCCEEDED') return wanted === 'abort' ? EXIT.ended : EXIT.ok
  if (job.state === 'CANCELLED') return wanted === 'success' ? EXIT.failed : EXIT.ok
  return job.left_behind.length > 0 ? EXIT.cleanUpFailed : EXIT.failed
}
