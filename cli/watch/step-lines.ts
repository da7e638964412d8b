import type { StepView } from '#core/api/answers.ts'
import { STATES, type State } from '#core/states.ts'
import { stepLabel } from '#core/step/step.ts'
import { spoken } from '../duration.ts'
import { cell } from '../output/format.ts'
import { type Paint, stateText } from '../output/paint.ts'
import { progressText } from './bar.ts'

/** A Map with more items than this is one line with counts. */
const MOST_ITEMS = 6
const NAME = 24
/** Of the longest state's text, CANCELLING, with its icon. */
const STATE = 12

export type Drawing = { paint: Paint; now: number }

/** A line for each step, and for each item of a small Map. */
export function stepLines(steps: StepView[], drawing: Drawing): string[] {
  const groups = Map.groupBy(steps, ({ name }) => name)
  return [...groups.values()].flatMap((group) =>
    group.length > MOST_ITEMS ? [groupLine(group, drawing)] : group.map((step) => stepLine(step, drawing)),
  )
}

function stepLine(step: StepView, drawing: Drawing): string {
  const parts = [progressText(step.progress), timeOf(step, drawing.now), noteOf(step)].filter(Boolean)
  return line(stepLabel(step), step.state, { text: parts.join('  '), paint: drawing.paint })
}

type Rest = { text: string; paint: Paint }

const line = (name: string, state: State, { text, paint }: Rest): string =>
  `  ${cell(name).padEnd(NAME)} ${padded(state, paint)}  ${text}`.trimEnd()

/** Colours have no width. */
const padded = (state: State, paint: Paint): string =>
  stateText(state, paint) + ' '.repeat(Math.max(0, STATE - state.length - 2))

const ORDER: State[] = ['ONGOING', 'CANCELLING', 'FAILED', 'PENDING', 'CANCELLED', 'SUCCEEDED']

function groupLine(group: StepView[], { paint }: Drawing): string {
  const count = (state: State): number => group.filter((step) => step.state === state).length
  const state = ORDER.find((one) => count(one) > 0) ?? 'PENDING'
  const counts = STATES.filter((one) => count(one) > 0).map((one) => `${count(one)} ${one.toLowerCase()}`)
  return line(group[0]!.name, state, { text: `${group.length} items: ${counts.join(', ')}`, paint })
}

function timeOf({ started_at, ended_at }: StepView, now: number): string {
  if (started_at === null) return ''
  return spoken((ended_at === null ? now : Date.parse(ended_at)) - Date.parse(started_at))
}

function noteOf({ fault, clean_up_fault, cleaned_up, not_responding_since, attempt }: StepView): string {
  if (clean_up_fault) return `clean-up failed: ${cell(clean_up_fault.exception_message)}`
  if (fault) return cell(`${fault.exception}: ${fault.exception_message}`)
  if (cleaned_up) return 'cleaned up'
  if (not_responding_since) return `not responding since ${not_responding_since}`
  return attempt > 1 ? `attempt ${attempt}` : ''
}
