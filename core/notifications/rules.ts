import { abortRequestView, cleanUpRunView, faultView } from '../api/part-views.ts'
import { type Fault, isCleaningUp, type Job } from '../job/job.ts'
import type { State } from '../states.ts'
import type { Step } from '../step/step.ts'
import { plainText } from '../text/plain-text.ts'
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

/** A clean-up that is repeated changes no state: each run has its own start, then its end or error. */
const runOf = (job: Job): number => job.clean_up?.run ?? 0
const endsCleanUp = (before: Job | undefined, after: Job): boolean =>
  before !== undefined && isCleaningUp(before) && !isCleaningUp(after)

/** What is still left behind, not the fault of which the job failed. */
const leftBehindData = (job: Job): NotificationData =>
  data(job, job.state, {
    exception: 'CleanUpFailed',
    exception_message: plainText(job.left_behind.join('; '), 1_024),
    module_name: 'stand-down',
    function_name: 'clean-up',
  })

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
  {
    type: 'job.cleanup.start',
    states: ['FAILED'],
    when: (before, after) => before?.state === 'FAILED' && runOf(after) > runOf(before),
    data: endData,
  },
  {
    type: 'job.cleanup.end',
    states: ['FAILED'],
    when: (before, after) => endsCleanUp(before, after) && after.left_behind.length === 0,
    data: endData,
  },
  {
    type: 'job.cleanup.error',
    states: ['FAILED'],
    when: (before, after) => endsCleanUp(before, after) && after.left_behind.length > 0,
    data: leftBehindData,
  },
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
  clean_up: item.kind === 'job' && item.clean_up ? cleanUpRunView(item.clean_up) : null,
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
