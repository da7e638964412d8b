import type { AbortPlan } from '#core/api/answers.ts'
import { counted } from '../job/amount.ts'

type PlannedStep = AbortPlan['steps'][number]
type Action = PlannedStep['actions'][number]

export type PlanLine = { key: string; step: string; what: string; first: Action }

const WORDS: Record<Action, string> = {
  stop_now: 'is stopped now',
  stop_at_checkpoint: 'stops at its next checkpoint',
  stop_at_boundary: 'goes on to its end',
  cannot_stop: 'cannot be stopped, and goes on to its end',
  clean_up: 'what it left half done is cleaned up',
  revert: 'what it did is undone',
  stays: 'what it did stays',
  never_starts: 'never starts',
}

/** One line for each step; items of a Map with the same lot share one. */
export function planLines({ steps }: AbortPlan): PlanLine[] {
  const groups = Map.groupBy(steps, ({ name, actions }) => `${name} ${actions.join(' ')}`)
  return [...groups].map(([key, group]) => {
    const [{ name, index, actions }] = group as [PlannedStep, ...PlannedStep[]]
    const step = index === null ? name : `${name} (${counted(group.length, 'item')})`
    return {
      key,
      step,
      what: actions.map((action) => WORDS[action]).join(', then '),
      first: actions[0] ?? 'stays',
    }
  })
}

/** Of finished work `what it did stays` says it all; of a step that ended otherwise nothing is to be said. */
export const isWorthSaying = ({ first }: PlanLine): boolean => first !== 'stays'
