import Container from '@cloudscape-design/components/container'
import KeyValuePairs from '@cloudscape-design/components/key-value-pairs'
import Link from '@cloudscape-design/components/link'
import type { JobView } from '#core/api/answers.ts'
import { templateHref } from '../../app/location.ts'
import { JobProgress } from '../../job/job-progress.tsx'
import { whoOf } from '../../job/names.tsx'
import { StateLabel } from '../../job/state-label.tsx'
import { Duration, TimeOf } from '../../job/time.tsx'

/** What a person asks first. */
export function Facts({ job }: { job: JobView }) {
  const { state, progress, template, created_by, created_at, ended_at, tenant_id } = job
  return (
    <Container>
      <KeyValuePairs
        columns={4}
        minColumnWidth={120}
        items={[
          { label: 'State', value: <StateLabel state={state} /> },
          { label: 'Progress', value: <JobProgress progress={progress} label="Progress of the job" /> },
          { label: 'Duration', value: <Duration from={created_at} to={ended_at} /> },
          { label: 'Started', value: <TimeOf time={created_at} /> },
          { label: 'Template', value: <Link href={templateHref(template)}>{template}</Link> },
          { label: 'Started by', value: whoOf(created_by) },
          { label: 'Tenant', value: tenant_id },
          { label: 'Ended', value: <TimeOf time={ended_at} /> },
        ]}
      />
    </Container>
  )
}
