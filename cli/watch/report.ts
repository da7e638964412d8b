import type { JobView, StepView } from '#core/api/answers.ts'
import { stepLabel } from '#core/step/step.ts'
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
  return [
    `${paint('bold', job.template)} ${job.job_execution_id}  ${stateText(job.state, paint)} after ${took}`,
    ...abortLines(job, paint),
    ...(job.fault ? [`  ${cell(`${job.fault.exception}: ${job.fault.exception_message}`)}`] : []),
    'steps',
    ...stepLines(job.steps, { paint, now: end }),
    ...section('undone', undone(job.steps)),
    ...section(
      'not undone',
      job.not_undone.map(({ step, index, reason }) => `${stepLabel({ name: step, index })}: ${reason}`),
    ),
    ...section('left behind', job.left_behind),
    ...(job.left_behind.length > 0 ? [`try again: standdown clean-up ${job.job_execution_id}`] : []),
  ].join('\n')
}

const section = (title: string, lines: string[]): string[] =>
  lines.length === 0 ? [] : [title, ...lines.map((line) => `  ${cell(line)}`)]

/** A step that had ended well and is cancelled was reverted; another one was freed of what it left. */
const undone = (steps: StepView[]): string[] =>
  steps.filter(({ cleaned_up }) => cleaned_up).map((step) => `${stepLabel(step)}: cleaned up`)

/** `wanted`: whether a cancelled job is what the caller waited for. */
export function codeOfEnd(job: JobView, wanted: 'any' | 'success' | 'abort'): ExitCode {
  if (job.state === 'SUCCEEDED') return wanted === 'abort' ? EXIT.ended : EXIT.ok
  if (job.state === 'CANCELLED') return wanted === 'success' ? EXIT.failed : EXIT.ok
  return job.left_behind.length > 0 ? EXIT.cleanUpFailed : EXIT.failed
}
