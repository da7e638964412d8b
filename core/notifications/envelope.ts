import type { AbortRequest, Fault, Job, Time } from '../job/job.ts'
import type { Step } from '../step/step.ts'
import { stepSortKey } from '../step/step.ts'
import { type NotificationKind, notificationKinds, type Phase } from './rules.ts'

export const NOTIFICATION_SOURCE = 'standdown'
const PAYLOAD_VERSION = '1.0'

export type NotifiedStep = Pick<
  Step,
  'name' | 'index' | 'order' | 'attempt' | 'started_at' | 'ended_at' | 'cleaned_up'
>

/** The detail of one notification on the bus; its detail-type is `event_type`. */
export type Notification = {
  message_id: string
  event_type: `${'job' | 'step'}.${NotificationKind}`
  priority: 'INFO' | 'ERROR'
  publisher_id: string
  timestamp: Time
  /** Counts the notifications of the job itself, or of the one step, from 1 without a gap. */
  sequence: number
  payload: {
    namespace: 'standdown'
    name: string
    version: string
    data: {
      job: Pick<Job, 'job_execution_id' | 'template'>
      step: NotifiedStep | null
      state: Job['state']
      abort_request: AbortRequest | null
      fault: Fault | null
    }
  }
}

/** Where a notification is kept: `order` sorts those of one job as they happened. */
export type Kept = { order: string; notification: Notification }

/** Names the message: the same text for the same change, however often it is computed. */
export type MessageId = (text: string) => string

/**
 * The notifications that the change from `before` to `after` means, in order. A pure function of the two
 * items, so that no code path can forget one and a repeat gives the same ids.
 */
export function notificationsOf<Item extends Job | Step>(
  before: Item | undefined,
  after: Item,
  messageId: MessageId,
): Kept[] {
  const from = before?.state ?? 'PENDING'
  const first = (before?.notified ?? 0) + 1
  return notificationKinds(after.kind, from, after.state).map((kind, i) =>
    kept(after, kind, { sequence: first + i, messageId }),
  )
}

type Numbered = { sequence: number; messageId: MessageId }

function kept(item: Job | Step, kind: NotificationKind, { sequence, messageId }: Numbered): Kept {
  const subject = item.kind === 'job' ? 'JOB' : stepSortKey(item)
  const phase = kind.split('.')[1] as Phase
  const rank = phase === 'start' ? 0 : item.kind === 'step' ? 1 : 2
  const count = String(sequence).padStart(3, '0')
  return {
    order: `${item.updated_at}#${rank}#${subject}#${count}`,
    notification: {
      message_id: messageId(`${item.job_execution_id}|${subject}|${sequence}|${kind}`),
      event_type: `${item.kind}.${kind}`,
      priority: phase === 'error' ? 'ERROR' : 'INFO',
      publisher_id: 'standdown',
      timestamp: item.updated_at,
      sequence,
      payload: payload(item, kind, phase),
    },
  }
}

function payload(item: Job | Step, kind: NotificationKind, phase: Phase): Notification['payload'] {
  const { job_execution_id, template, abort_request } = item
  const about = kind.startsWith('cancel') ? 'Cancel' : 'Execution'
  return {
    namespace: 'standdown',
    name: `${item.kind === 'job' ? 'Job' : 'Step'}${about}Payload`,
    version: PAYLOAD_VERSION,
    data: {
      job: { job_execution_id, template },
      step: item.kind === 'step' ? stepOf(item) : null,
      // A start says what begins: a step that goes straight to CANCELLED has passed through CANCELLING.
      state: phase === 'start' ? startState(kind) : item.state,
      abort_request,
      fault: phase === 'error' ? item.fault : null,
    },
  }
}

const startState = (kind: NotificationKind): Job['state'] =>
  kind === 'cancel.start' ? 'CANCELLING' : 'ONGOING'

const stepOf = (step: Step): NotifiedStep => ({
  name: step.name,
  index: step.index,
  order: step.order,
  attempt: step.attempt,
  started_at: step.started_at,
  ended_at: step.ended_at,
  cleaned_up: step.cleaned_up,
})
