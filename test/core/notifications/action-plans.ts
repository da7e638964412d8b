import type { Job } from '#core/job/job.ts'
import type { Noun } from '#core/notifications/noun.ts'

type ActionPlan = { uuid: string; state: string }

/** A message in another system's envelope, which has no sequence: it is told apart by the item's version. */
export type PlanMessage = {
  event_type: string
  message_id: string
  payload: { 'watcher_object.name': string; 'watcher_object.data': ActionPlan }
}

const plan = ({ job_execution_id, state }: Job): ActionPlan => ({ uuid: job_execution_id, state })
const escalations = (job: Job | undefined): number => job?.abort_request?.escalations.length ?? 0

/** What a template could notify under a noun of its own: two of three rows need no change of state. */
export const ACTION_PLANS: Noun<Job, `action_plan.${string}`, ActionPlan, PlanMessage> = {
  kind: 'job',
  rules: [
    {
      type: 'action_plan.cancel.start',
      states: ['CANCELLING'],
      when: (before) => before?.state !== 'CANCELLING',
      data: plan,
    },
    {
      type: 'action_plan.cancel.escalate',
      states: ['CANCELLING'],
      when: (before, after) => escalations(after) > escalations(before),
      data: plan,
    },
    {
      type: 'action_plan.cleanup.end',
      states: ['FAILED'],
      when: (before, after) =>
        before?.state === 'FAILED' && after.left_behind.length < before.left_behind.length,
      data: plan,
    },
  ],
  envelope: ({ type, data, after }, messageId) => ({
    event_type: type,
    message_id: messageId(`${after.job_execution_id}|${after.version}|${type}`),
    payload: { 'watcher_object.name': 'ActionPlanCancelPayload', 'watcher_object.data': data },
  }),
}
