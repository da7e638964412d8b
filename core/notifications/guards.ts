import { NOTIFICATION_SOURCE } from './envelope.ts'
import { type EventType, type Notification, notification } from './schemas.ts'

/** What a version of the payload promises to keep: a later minor one may only add. */
const MAJOR = '1.'

export type NotificationOf<Type extends EventType> = Notification & { event_type: Type }

/** An event of the bus, as EventBridge hands it to a rule's target. */
export type BusEvent<Type extends EventType = EventType> = {
  source: typeof NOTIFICATION_SOURCE
  'detail-type': Type
  detail: NotificationOf<Type>
}

/**
 * Whether an event of the bus is a notification of a job or a step that this version knows. What a newer Standdown adds
 * to one does not make it another.
 */
export function isNotification(event: unknown): event is BusEvent {
  const { source, detail } = (event ?? {}) as Partial<BusEvent>
  if (source !== NOTIFICATION_SOURCE) return false
  const { success, data, error } = notification.safeParse(detail)
  if (!success) return error.issues.every(({ code }) => code === 'unrecognized_keys') && isKnown(detail!)
  return isKnown(data)
}

const isKnown = ({ payload }: Notification): boolean => payload.version.startsWith(MAJOR)

const guard =
  <Type extends EventType>(type: Type) =>
  (event: unknown): event is BusEvent<Type> =>
    isNotification(event) && event.detail.event_type === type

export const isJobExecutionStart = guard('job.execution.start')
export const isJobExecutionEnd = guard('job.execution.end')
export const isJobExecutionError = guard('job.execution.error')
export const isJobCancelStart = guard('job.cancel.start')
export const isJobCancelEnd = guard('job.cancel.end')
export const isJobCancelError = guard('job.cancel.error')
export const isJobCleanUpStart = guard('job.cleanup.start')
export const isJobCleanUpEnd = guard('job.cleanup.end')
export const isJobCleanUpError = guard('job.cleanup.error')
export const isStepCancelStart = guard('step.cancel.start')
export const isStepCancelEnd = guard('step.cancel.end')
export const isStepCancelError = guard('step.cancel.error')
