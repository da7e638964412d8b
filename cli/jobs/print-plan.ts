import type { AbortPlan } from '#core/api/answers.ts'
import { stepLabel } from '#core/step/step.ts'
import type { Context } from '../context.ts'
import { cell } from '../output/format.ts'
import { stateText } from '../output/paint.ts'

type Action = AbortPlan['steps'][number]['actions'][number]

const WORDS: Record<Action, string> = {
  stop_now: 'stops now',
  stop_at_checkpoint: 'stops at its next checkpoint',
  stop_at_boundary: 'runs to its end',
  cannot_stop: 'cannot be stopped: runs to its end',
  clean_up: 'is cleaned up',
  revert: 'is undone',
  stays: 'stays as it is',
  never_starts: 'never starts',
}

/** What an abort would do; nothing was written. */
export function printPlan({ out }: Context, plan: AbortPlan): void {
  out.one(plan, { text: () => textOf(), id: ({ job_execution_id }) => job_execution_id })

  function textOf(): string {
    const rows = plan.steps.map(({ name, index, state, actions }) => [
      cell(stepLabel({ name, index })),
      stateText(state, out.paint),
      actions.map((action) => WORDS[action]).join(', then '),
    ])
    const { rollback, mode } = plan
    return [
      `${mode}${rollback ? ' with rollback' : ''} of ${plan.job_execution_id} would mean:`,
      out.table(['STEP', 'STATE', 'WHAT HAPPENS'], rows),
      ...plan.cannot_be_undone.map((line) => `cannot be undone: ${cell(line)}`),
      ...plan.not_taken.map(({ option, reason }) => `not taken: ${option}: ${reason}`),
      'nothing was changed',
    ].join('\n')
  }
}
