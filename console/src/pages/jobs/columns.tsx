import Link from '@cloudscape-design/components/link'
import type { TableProps } from '@cloudscape-design/components/table'
import type { ListedJob } from '#core/api/answers.ts'
import { templateHref } from '../../app/location.ts'
import { AbortModes } from '../../job/abort-modes.tsx'
import { JobLink } from '../../job/job-link.tsx'
import { whoOf } from '../../job/names.tsx'
import { StateLabel } from '../../job/state-label.tsx'
import { Duration, TimeOf } from '../../job/time.tsx'
import { LiveProgress } from './live-progress.tsx'

export const COLUMNS: TableProps.ColumnDefinition<ListedJob>[] = [
  {
    id: 'id',
    header: 'Job',
    isRowHeader: true,
    minWidth: 130,
    cell: ({ job_execution_id: id }) => <JobLink id={id} />,
  },
  {
    id: 'template',
    header: 'Template',
    cell: ({ template }) => <Link href={templateHref(template)}>{template}</Link>,
  },
  { id: 'state', header: 'State', minWidth: 130, cell: ({ state }) => <StateLabel state={state} /> },
  { id: 'progress', header: 'Progress', minWidth: 170, cell: (job) => <LiveProgress job={job} /> },
  { id: 'modes', header: 'Can be aborted', cell: (job) => <AbortModes modes={job.supported_abort_modes} /> },
  { id: 'by', header: 'Started by', cell: ({ created_by }) => whoOf(created_by) },
  { id: 'started', header: 'Started', cell: ({ created_at }) => <TimeOf time={created_at} /> },
  {
    id: 'duration',
    header: 'Duration',
    cell: ({ created_at, ended_at }) => <Duration from={created_at} to={ended_at} />,
  },
]

export const NARROW_COLUMNS = ['id', 'state', 'progress']
