import type { Fault, Job } from '#core/job/job.ts'
import type { Rule } from '#core/notifications/noun.ts'
import { JOB_RULES, STEP_RULES } from '#core/notifications/rules.ts'
import type { NotificationData } from '#core/notifications/schemas.ts'
import type { State } from '#core/states.ts'
import type { Step } from '#core/step/step.ts'
import type { ActionEvent, PlanEvent } from './schemas.ts'

/** What a rule says of a plan or an action; the rest is in their records. */
export type Change = { state: State; fault: Fault | null }

const changeIn = ({ state, fault }: NotificationData): Change => ({ state, fault })
const ofStep = ({ state, fault }: Step): Change => ({ state, fault })
const leftOngoing = (before: Step | undefined): boolean => before?.state === 'ONGOING'

/** A plan is told as its job is, but for a clean-up that is repeated: Watcher has no word for that. */
export const PLAN_RULES: readonly Rule<Job, PlanEvent, Change>[] = JOB_RULES.flatMap((rule) => {
  const { type, data } = rule
  if (type.startsWith('job.cleanup.')) return []
  const own = type.replace('job.', 'action_plan.') as PlanEvent
  return [{ ...rule, type: own, data: (job: Job) => changeIn(data(job)) }]
})

/** An action is told as its step is, and also that it runs: a step's end is its job's affair. */
export const ACTION_RULES: readonly Rule<Step, ActionEvent, Change>[] = [
  {
    type: 'action.execution.start',
    states: ['ONGOING'],
    when: (before) => before === undefined,
    data: (step) => ({ state: step.state, fault: null }),
  },
  { type: 'action.execution.end', states: ['SUCCEEDED'], when: leftOngoing, data: ofStep },
  { type: 'action.execution.error', states: ['FAILED'], when: leftOngoing, data: ofStep },
  ...STEP_RULES.map((rule) => ({
    ...rule,
    type: rule.type.replace('step.', 'action.') as ActionEvent,
    data: (step: Step) => changeIn(rule.data(step)),
  })),
]
