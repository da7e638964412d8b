import { abortRequestView, faultView } from '../api/part-views.ts'
import type { Fault, Job } from '../job/job.ts'
import type { State } from '../states.ts'
import type { Step } from '../step/step.ts'
import type { Rule } from './noun.ts'
import type { EventType, NotificationData } from './schemas.ts'

/** The row of a noun, whose types begin with it. */
type Row<Item, Noun extends string> = Rule<Item, Extract<EventType, `${Noun}.${string}`>, NotificationData>

/** The item was in one of these states before; a new one was PENDING. */
const leaving =
  (...states: State[]) =>
  (before: { state: State } | undefined): boolean =>
    states.includes(before?.state ?? 'PENDING')

/** A start says what begins: a step that goes straight to CANCELLED has passed through CANCELLING. */
const startData =
  (state: State) =>
  (item: Job | Step): NotificationData =>
    data(item, state, null)

const endData = (item: Job | Step): NotificationData => data(item, item.state, null)
/** Of a step whose clean-up failed: that is what the error is about. */
const errorData = (item: Job | Step): NotificationData =>
  data(item, item.state, (item.kind === 'step' && item.clean_up?.fault) || item.fault)

/** What is notified of a job; a change that meets two rows is notified by both, in this order. */
export const JOB_RULES: readonly Row<Job, 'job'>[] = [
  {
    type: 'job.execution.start',
    states: ['ONGOING', 'FAILED'],
    when: leaving('PENDING'),
    data: startData('ONGOING'),
  },
  { type: 'job.execution.end', states: ['SUCCEEDED'], when: leaving('ONGOING'), data: endData },
  { type: 'job.execution.error', states: ['FAILED'], when: leaving('PENDING', 'ONGOING'), data: errorData },
  {
    type: 'job.cancel.start',
    states: ['CANCELLING'],
    when: leaving('PENDING', 'ONGOING'),
    data: startData('CANCELLING'),
  },
  { type: 'job.cancel.end', states: ['CANCELLED'], when: leaving('CANCELLING'), data: endData },
  { type: 'job.cancel.error', states: ['FAILED'], when: leaving('CANCELLING'), data: errorData },
]

/** What is notified of a step: only that it is cancelled. A step that fails or succeeds is not. */
export const STEP_RULES: readonly Row<Step, 'step'>[] = [
  {
    type: 'step.cancel.start',
    states: ['CANCELLING'],
    when: leaving('ONGOING'),
    data: startData('CANCELLING'),
  },
  {
    type: 'step.cancel.start',
    states: ['CANCELLED'],
    when: leaving('PENDING', 'SUCCEEDED'),
    data: startData('CANCELLING'),
  },
  {
    type: 'step.cancel.start',
    states: ['FAILED'],
    when: leaving('SUCCEEDED'),
    data: startData('CANCELLING'),
  },
  {
    type: 'step.cancel.end',
    states: ['CANCELLED'],
    when: leaving('PENDING', 'CANCELLING', 'SUCCEEDED'),
    data: endData,
  },
  {
    type: 'step.cancel.error',
    states: ['FAILED'],
    when: leaving('CANCELLING', 'SUCCEEDED'),
    data: errorData,
  },
]

const data = (item: Job | Step, state: State, fault: Fault | null): NotificationData => ({
  job: { job_execution_id: item.job_execution_id, template: item.template },
  step: item.kind === 'step' ? notifiedStep(item) : null,
  state,
  abort_request: item.abort_request && abortRequestView(item.abort_request),
  fault: fault && faultView(fault),
})

const notifiedStep = (step: Step): NotificationData['step'] => ({
  name: step.name,
  index: step.index,
  order: step.order,
  attempt: step.attempt,
  started_at: step.started_at,
  ended_at: step.ended_at,
  cleaned_up: step.cleaned_up,
})
