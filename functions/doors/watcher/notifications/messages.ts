import type { Job } from '#core/job/job.ts'
import { type Change as Changed, type MessageId, messagesOf } from '#core/notifications/noun.ts'
import type { State } from '#core/states.ts'
import type { Step } from '#core/step/step.ts'
import { plainJson } from '#core/text/plain-json.ts'
import { bytesOf } from '#core/value.ts'
import type { Action, Plan } from '../plan/plan.ts'
import { ACTION_RULES, type Change, PLAN_RULES } from './rules.ts'
import type {
  ActionEvent,
  ActionNotification,
  PlanEvent,
  PlanNotification,
  WatcherNotification,
} from './schemas.ts'
import { actionData, type Large, payload, planData, type ToldAction, type ToldPlan } from './views.ts'

/** Who sends, as the part of `publisher_id` behind `infra-optim:`, and how its messages get their ids. */
export type Teller = { host: string; messageId: MessageId }

/** An action, and what there is to know around it: its plan, and how that was at the time. */
export type ActionOf = { plan: Plan; action: Action; planState: State }

/** An event of EventBridge has 256 KB, its source and detail-type among them. */
export const MAX_DETAIL_BYTES = 256 * 1024 - 128

/** What the change of its job means for a plan. Pure: the same change always gives the same messages. */
export const planMessages = (plan: Plan, change: Changed<Job>, teller: Teller): PlanNotification[] =>
  messagesOf(
    {
      kind: 'job',
      rules: PLAN_RULES,
      envelope: ({ type, data, after }) => planMessage(type, { ...data, plan, at: after.updated_at }, teller),
    },
    change,
    teller.messageId,
  )

/** What the change of its step means for an action. */
export const actionMessages = (of: ActionOf, change: Changed<Step>, teller: Teller): ActionNotification[] =>
  messagesOf(
    {
      kind: 'step',
      rules: ACTION_RULES,
      envelope: ({ type, data, after }) =>
        actionMessage(type, { ...data, ...of, at: after.updated_at }, teller),
    },
    change,
    teller.messageId,
  )

const CANCELLING: Change = { state: 'CANCELLING', fault: null }
const CANCELLED: Change = { state: 'CANCELLED', fault: null }

/** Of an action that never began: it has no step whose change could tell. */
export const neverBegunMessages = (of: ActionOf, at: string, teller: Teller): ActionNotification[] => [
  actionMessage('action.cancel.start', { ...CANCELLING, ...of, at }, teller),
  actionMessage('action.cancel.end', { ...CANCELLED, ...of, at }, teller),
]

/** Of a plan that is cancelled before it has a job; what is told of its actions stands between the two. */
export const neverStartedMessages = (plan: Plan, at: string, teller: Teller) => ({
  start: planMessage('action_plan.cancel.start', { ...CANCELLING, plan, at }, teller),
  end: planMessage('action_plan.cancel.end', { ...CANCELLED, plan, at }, teller),
})

function planMessage(
  type: PlanEvent,
  told: Omit<ToldPlan, 'without'>,
  { host, messageId }: Teller,
): PlanNotification {
  const { plan, at } = told
  const name = type.includes('.cancel.') ? 'ActionPlanCancelPayload' : 'ActionPlanActionPayload'
  const message_id = messageId([type, plan.project, plan.uuid].join('|'))
  return fitted(['global_efficacy'], (without) => ({
    event_type: type,
    ...header({ type, at, host, message_id }),
    payload: payload(name, planData({ ...told, without })),
  }))
}

function actionMessage(
  type: ActionEvent,
  told: Omit<ToldAction, 'without'>,
  { host, messageId }: Teller,
): ActionNotification {
  const { plan, action, at } = told
  const name = type.includes('.cancel.') ? 'ActionCancelPayload' : 'ActionExecutionPayload'
  const message_id = messageId([type, plan.project, plan.uuid, action.uuid].join('|'))
  return fitted(['global_efficacy', 'input_parameters'], (without) => ({
    event_type: type,
    ...header({ type, at, host, message_id }),
    payload: payload(name, actionData({ ...told, without })),
  }))
}

type Header = { type: string; at: string; host: string; message_id: string }

const header = ({ type, at, host, message_id }: Header) => ({
  priority: type.endsWith('.error') ? ('ERROR' as const) : ('INFO' as const),
  publisher_id: `infra-optim:${host}`,
  message_id,
  // Times here have milliseconds, Watcher's microseconds.
  timestamp: `${at.slice(0, 10)} ${at.slice(11, 23)}000`,
})

/** As whole as an event can be: without more and more of what is large, which the message then names. */
function fitted<Message extends WatcherNotification>(
  large: readonly Large[],
  message: (without: readonly Large[]) => Message,
): Message {
  for (let left = 0; left < large.length; left += 1) {
    const whole = message(large.slice(0, left))
    if (bytesOf(plainJson(whole)) <= MAX_DETAIL_BYTES) return whole
  }
  return message(large)
}
