import Box from '@cloudscape-design/components/box'
import SpaceBetween from '@cloudscape-design/components/space-between'
import Spinner from '@cloudscape-design/components/spinner'
import type { JobView } from '#core/api/answers.ts'
import { ProblemAlert } from '../../api/problem-alert.tsx'
import { NotificationRow } from '../../job/notification-row.tsx'
import { useEvents } from './events.ts'

export function NotificationsTab({ job }: { job: JobView }) {
  const { data, error, refetch } = useEvents(job)
  if (!data) return error ? <ProblemAlert error={error} onRetry={() => void refetch()} /> : <Spinner />
  return (
    <SpaceBetween size="xxs">
      {data.items.length === 0 && <Box variant="p">Nothing has been told of this job yet.</Box>}
      {data.items.map((notification) => (
        <NotificationRow key={notification.message_id} notification={notification} />
      ))}
      {data.isPartial && <Box variant="p">These are the first of them; the event bus has all.</Box>}
    </SpaceBetween>
  )
}
