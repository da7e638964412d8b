import Tabs from '@cloudscape-design/components/tabs'
import type { JobView } from '#core/api/answers.ts'
import { useQueryParameters } from '../../app/location.ts'
import { AbortTab } from './abort-tab.tsx'
import { InputTab } from './input-tab.tsx'
import { NotificationsTab } from './notifications-tab.tsx'
import type { Steps } from './steps.ts'
import { StepsTab } from './steps-tab.tsx'
import { TimelineTab } from './timeline-tab.tsx'

/** Which tab is open is part of the address. */
export function JobTabs({ job, steps }: { job: JobView; steps: Steps }) {
  const [query, changeQuery] = useQueryParameters()
  const tabs = [
    { id: 'steps', label: 'Steps', content: <StepsTab job={job} steps={steps} /> },
    { id: 'timeline', label: 'Timeline', content: <TimelineTab job={job} steps={steps} /> },
    { id: 'notifications', label: 'Notifications', content: <NotificationsTab job={job} /> },
    { id: 'input', label: 'Input', content: <InputTab job={job} /> },
    ...(job.abort_request || job.left_behind.length > 0
      ? [{ id: 'abort', label: 'Abort', content: <AbortTab job={job} steps={steps} /> }]
      : []),
  ]
  const active = tabs.find(({ id }) => id === query.get('tab'))?.id ?? 'steps'
  return (
    <Tabs
      tabs={tabs}
      activeTabId={active}
      onChange={({ detail }) => changeQuery({ tab: detail.activeTabId, step: null })}
      variant="container"
      ariaLabel="Of the job"
    />
  )
}
