import type { Job } from '../job/job.ts'
import { type Step, stepSortKey } from '../step/step.ts'
import { type MessageId, messagesOf, type Noun, type Occurrence } from './noun.ts'
import { JOB_RULES, STEP_RULES } from './rules.ts'
import type { EventType, Notification, NotificationData } from './schemas.ts'

export const NOTIFICATION_SOURCE = 'standdown'
const PAYLOAD_VERSION = '1.0'

/** A notification as it is kept under its job: `sortKey` sorts those of one job as they happened. */
export type NotificationRecord = { sortKey: string; notification: Notification }

/** The one envelope of jobs and steps. The id is made of what never changes, so that a repeat is recognised. */
function envelope(
  { type, data, before, after, position }: Occurrence<Job | Step, EventType, NotificationData>,
  messageId: MessageId,
): NotificationRecord {
  const [noun, topic, phase] = type.split('.') as [string, string, string]
  const subject = after.kind === 'job' ? 'JOB' : stepSortKey(after)
  const sequence = (before?.notified ?? 0) + position
  const identity = [after.job_execution_id, subject, sequence, `${topic}.${phase}`, ...lifeOf(after)]
  const count = String(sequence).padStart(3, '0')
  return {
    sortKey: `${after.updated_at}#${precedence(after, topic, phase)}#${subject}#${count}`,
    notification: {
      message_id: messageId(identity.join('|')),
      event_type: type,
      priority: phase === 'error' ? 'ERROR' : 'INFO',
      publisher_id: 'standdown',
      timestamp: after.updated_at,
      sequence,
      payload: {
        namespace: 'standdown',
        name: `${capitalized(noun)}${capitalized(topic)}Payload`,
        version: PAYLOAD_VERSION,
        data,
      },
    },
  }
}

/**
 * An id may come again, for another job: its messages must not be taken for those of the first. Items of layout 1 keep
 * the ids that were sent of them.
 */
function lifeOf(item: Job | Step): string[] {
  if (item.layout < 2) return []
  if (item.kind === 'job') return [item.created_at]
  // A step that never ran belongs to no execution, but to the abort that skipped it.
  return [item.execution_started_at ?? item.abort_request?.requested_at ?? '']
}

/** Of what happened within one millisecond, starts are listed first and the end of the job last; then its clean-ups. */
function precedence(item: Job | Step, topic: string, phase: string): number {
  if (topic === 'cleanup') return 3
  if (phase === 'start') return 0
  return item.kind === 'step' ? 1 : 2
}

const capitalized = (word: string): string => word.charAt(0).toUpperCase() + word.slice(1)

type ProductNoun<Item> = Noun<Item, EventType, NotificationData, NotificationRecord>

const JOB: ProductNoun<Job> = { kind: 'job', rules: JOB_RULES, envelope }
const STEP: ProductNoun<Step> = { kind: 'step', rules: STEP_RULES, envelope }

/** Whatever is notified: the filter of the table's stream is derived from it. */
export const NOUNS = { job: JOB, step: STEP }

/**
 * The notifications that the change from `before` to `after` means, in order. A pure function of the two
 * items, so that no code path can forget one and a repeat gives the same ids.
 */
export function notificationsOf<Item extends Job | Step>(
  before: Item | undefined,
  after: Item,
  messageId: MessageId,
): NotificationRecord[] {
  const noun = NOUNS[after.kind] as ProductNoun<Item>
  return messagesOf(noun, { before, after }, messageId)
}
