/** `standdown/events`: what is on the bus, for those who consume it. */
export {
  type BusEvent,
  isJobCancelEnd,
  isJobCancelError,
  isJobCancelStart,
  isJobCleanUpEnd,
  isJobCleanUpError,
  isJobCleanUpStart,
  isJobExecutionEnd,
  isJobExecutionError,
  isJobExecutionStart,
  isNotification,
  isStepCancelEnd,
  isStepCancelError,
  isStepCancelStart,
  type NotificationOf,
} from '#core/notifications/guards.ts'
export { type EventType, type Notification, notification } from '#core/notifications/schemas.ts'
