import type { JobView, StepView } from '../api/answers.ts'
import { isTerminal } from '../states.ts'
import { stepLabel } from '../step/step.ts'

/** What became of what an aborted or failed job had done, in words. */
export type Outcome = { undone: string[]; notUndone: string[]; leftBehind: string[] }

/** `steps`: all of them, where the job's own first hundred are not all. */
export function outcomeOf(job: JobView, steps: readonly StepView[] = job.steps): Outcome {
  const { state, abort_request, not_undone, left_behind } = job
  const undone = steps.filter(({ cleaned_up }) => cleaned_up).map(stepLabel)
  const told = not_undone.map(({ step, index, reason }) => `${stepLabel({ name: step, index })}: ${reason}`)
  const isKept = isTerminal(state) && state !== 'SUCCEEDED' && !abort_request?.rollback
  return { undone, notUndone: [...told, ...(isKept ? kept(steps) : [])], leftBehind: left_behind }
}

/** Only a rollback tells of single steps why they stay: without one all that finished do. */
const kept = (steps: readonly StepView[]): string[] =>
  steps
    .filter(({ state }) => state === 'SUCCEEDED')
    .map((step) => `${stepLabel(step)}: finished, no rollback was asked for`)
