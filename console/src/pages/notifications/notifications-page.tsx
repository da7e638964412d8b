import Box from '@cloudscape-design/components/box'
import Container from '@cloudscape-design/components/container'
import Header from '@cloudscape-design/components/header'
import Select from '@cloudscape-design/components/select'
import SpaceBetween from '@cloudscape-design/components/space-between'
import Tabs from '@cloudscape-design/components/tabs'
import type { Notification } from '#core/notifications/schemas.ts'
import { useDocument } from '../../api/documents.ts'
import { ProblemAlert } from '../../api/problem-alert.tsx'
import { useQueryParameters } from '../../app/location.ts'
import { JobLink } from '../../job/job-link.tsx'
import { NotificationRow } from '../../job/notification-row.tsx'
import { JOBS_FOLLOWED, useTail } from './tail.ts'
import { type AsyncApi, typesOf } from './types.ts'
import { TypesList } from './types-list.tsx'

const ALL = { value: '', label: 'All types' }

/** What was told to the world of late, and how to be told. */
export default function NotificationsPage() {
  const [query, changeQuery] = useQueryParameters()
  const type = query.get('type') ?? ''
  const tail = useTail()
  const described = useDocument<AsyncApi>('asyncapi.json')
  const types = described.data ? typesOf(described.data) : []
  const options = [ALL, ...types.map(({ type: value }) => ({ value, label: value }))]
  const isWanted = (one: string): boolean => type === '' || one === type
  return (
    <SpaceBetween size="l">
      {tail.error && <ProblemAlert error={tail.error} onRetry={tail.retry} />}
      {described.error && <ProblemAlert error={described.error} onRetry={() => void described.refetch()} />}
      <Header
        variant="h1"
        actions={
          <Select
            selectedOption={options.find(({ value }) => value === type) ?? ALL}
            options={options}
            ariaLabel="Type of the notifications"
            onChange={({ detail }) => changeQuery({ type: detail.selectedOption.value || null })}
          />
        }
      >
        Notifications
      </Header>
      <Tabs
        activeTabId={query.get('tab') ?? 'live'}
        onChange={({ detail }) => changeQuery({ tab: detail.activeTabId })}
        tabs={[
          {
            id: 'live',
            label: 'Live',
            content: <Live notifications={tail.notifications.filter((one) => isWanted(one.event_type))} />,
          },
          {
            id: 'types',
            label: 'Be told of a type',
            content: (
              <TypesList types={types.filter((one) => isWanted(one.type))} seen={tail.notifications} />
            ),
          },
        ]}
      />
    </SpaceBetween>
  )
}

const Live = ({ notifications }: { notifications: readonly Notification[] }) => (
  <Container>
    <Box color="text-body-secondary">
      Of the {JOBS_FOLLOWED} newest jobs, the last one first. The event bus has those of all jobs.
    </Box>
    {notifications.length === 0 && <Box variant="p">Nothing has been told yet.</Box>}
    {notifications.map((notification) => {
      const { job_execution_id: id } = notification.payload.data.job
      return (
        <NotificationRow
          key={notification.message_id}
          notification={notification}
          job={<JobLink id={id} />}
        />
      )
    })}
  </Container>
)
