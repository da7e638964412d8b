import type { StepView } from '#core/api/answers.ts'
import { STATES, type State } from '#core/states.ts'

/** What became of a step so far; of a Map's items together. */
export type Summary = {
  state: State
  counts: Record<State, number>
  items: number
  isMapped: boolean
  /** The only one, or the one that was written last. */
  latest: StepView
}

/** The state that people want to hear of first. */
const LOUDEST: readonly State[] = ['FAILED', 'CANCELLING', 'ONGOING', 'CANCELLED', 'PENDING', 'SUCCEEDED']

/** Of the steps of one name; undefined where there is none. A step in a loop counts by its last visit. */
export function summaryOf(steps: readonly StepView[]): Summary | undefined {
  const last = lastVisits(steps)
  const [latest] = [...last].sort((a, b) => timeOf(b).localeCompare(timeOf(a)))
  if (!latest) return undefined
  const counts = Object.fromEntries(STATES.map((state) => [state, 0])) as Record<State, number>
  for (const { state } of last) counts[state] += 1
  const state = LOUDEST.find((one) => counts[one] > 0) ?? latest.state
  return { state, counts, items: last.length, isMapped: last.some(({ index }) => index !== null), latest }
}

const timeOf = ({ checkpoint_at, ended_at, started_at }: StepView): string =>
  ended_at ?? checkpoint_at ?? started_at ?? ''

function lastVisits(steps: readonly StepView[]): StepView[] {
  const byIndex = new Map<string, StepView>()
  for (const step of steps) {
    const key = `${step.name} ${step.index}`
    const known = byIndex.get(key)
    if (!known || (step.started_at ?? '') >= (known.started_at ?? '')) byIndex.set(key, step)
  }
  return [...byIndex.values()]
}

export type CleanUpEdge = { from: string; to: string; outcome: 'cleaning up' | 'cleaned up' | 'failed' }

/**
 * The way back of a stand-down, from name to name against the order of the chain: each step that was cleaned up or
 * undone, or is being so. The first of them comes from itself.
 */
export function cleanUpsOf(steps: readonly StepView[]): CleanUpEdge[] {
  const outcomes = new Map<string, CleanUpEdge['outcome']>()
  for (const step of [...steps].sort((a, b) => b.order - a.order)) {
    const outcome = outcomeOf(step)
    if (outcome && outcomes.get(step.name) !== 'failed') outcomes.set(step.name, outcome)
  }
  const names = [...outcomes.keys()]
  return names.map((to, i) => ({ from: names[i - 1] ?? to, to, outcome: outcomes.get(to) ?? 'cleaned up' }))
}

function outcomeOf(step: StepView): CleanUpEdge['outcome'] | null {
  if (step.clean_up_fault) return 'failed'
  if (step.cleaned_up) return 'cleaned up'
  return step.state === 'CANCELLING' && step.awaited_until === null ? 'cleaning up' : null
}
