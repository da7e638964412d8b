import Badge from '@cloudscape-design/components/badge'
import ExpandableSection from '@cloudscape-design/components/expandable-section'
import SpaceBetween from '@cloudscape-design/components/space-between'
import StatusIndicator from '@cloudscape-design/components/status-indicator'
import type { Notification } from '#core/notifications/schemas.ts'
import { stepLabel } from '#core/step/step.ts'
import { Json } from './json.tsx'
import { TimeOf } from './time.tsx'

/** One notification in a line; all of it once opened. `job`: its job is to be named, too. */
export function NotificationRow({
  notification,
  job,
}: {
  notification: Notification
  job?: React.ReactNode
}) {
  const { event_type, timestamp, priority, payload } = notification
  const { step } = payload.data
  const header = (
    <SpaceBetween direction="horizontal" size="s" alignItems="center">
      <TimeOf time={timestamp} />
      {priority === 'ERROR' ? (
        <StatusIndicator type="error">{event_type}</StatusIndicator>
      ) : (
        <Badge color={event_type.includes('cancel') ? 'severity-low' : 'grey'}>{event_type}</Badge>
      )}
      {step && <span className="id">{stepLabel(step)}</span>}
    </SpaceBetween>
  )
  return (
    <div className="notification">
      <ExpandableSection headerText={header}>
        <Json value={notification} what="the notification" />
      </ExpandableSection>
      {job}
    </div>
  )
}
