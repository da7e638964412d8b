import Box from '@cloudscape-design/components/box'
import Container from '@cloudscape-design/components/container'
import ExpandableSection from '@cloudscape-design/components/expandable-section'
import Header from '@cloudscape-design/components/header'
import Link from '@cloudscape-design/components/link'
import Select from '@cloudscape-design/components/select'
import SpaceBetween from '@cloudscape-design/components/space-between'
import { ProblemAlert } from '../../api/problem-alert.tsx'
import { jobHref, useQueryParameters } from '../../app/location.ts'
import { Json } from '../../job/json.tsx'
import { ShortId } from '../../job/names.tsx'
import { NotificationRow } from '../../job/notification-row.tsx'
import { JOBS_FOLLOWED, useTail } from './tail.ts'
import { EVENT_TYPES, patternOf, sampleOf } from './types.ts'

const ALL = { value: '', label: 'All types' }
const OPTIONS = [ALL, ...EVENT_TYPES.map((value) => ({ value, label: value }))]

/** What was told to the world of late, and how to be told. */
export default function NotificationsPage() {
  const [query, changeQuery] = useQueryParameters()
  const type = query.get('type') ?? ''
  const { notifications, error, retry } = useTail()
  const shown = notifications.filter(({ event_type }) => type === '' || event_type === type)
  return (
    <SpaceBetween size="l">
      {error && <ProblemAlert error={error} onRetry={retry} />}
      <Header
        variant="h1"
        description={`Of the ${JOBS_FOLLOWED} newest jobs, live, the last one first. The event bus has those of all jobs.`}
        actions={
          <Select
            selectedOption={OPTIONS.find(({ value }) => value === type) ?? ALL}
            options={OPTIONS}
            ariaLabel="Type of the notifications"
            onChange={({ detail }) => changeQuery({ type: detail.selectedOption.value || null })}
          />
        }
      >
        Notifications
      </Header>
      <Container>
        {shown.length === 0 && <Box variant="p">Nothing has been told yet.</Box>}
        {shown.map((notification) => {
          const id = notification.payload.data.job.job_execution_id
          const job = (
            <Link href={jobHref(id)} ariaLabel={`Job ${id}`}>
              <ShortId id={id} />
            </Link>
          )
          return <NotificationRow key={notification.message_id} notification={notification} job={job} />
        })}
      </Container>
      <Types types={type === '' ? EVENT_TYPES : [type]} seen={notifications} />
    </SpaceBetween>
  )
}

type Seen = Parameters<typeof sampleOf>[1]

const Types = ({ types, seen }: { types: readonly string[]; seen: Seen }) => (
  <Container header={<Header variant="h2">Be told of a type</Header>}>
    {types.map((type) => (
      <ExpandableSection key={type} headerText={type}>
        <SpaceBetween size="s">
          <Box variant="h4">A rule's event pattern</Box>
          <Json value={patternOf(type)} what={`the pattern of ${type}`} />
          <Box variant="h4">A sample of its detail</Box>
          <Json value={sampleOf(type, seen)} what={`a sample of ${type}`} />
        </SpaceBetween>
      </ExpandableSection>
    ))}
  </Container>
)
