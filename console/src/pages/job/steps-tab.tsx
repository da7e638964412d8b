import Box from '@cloudscape-design/components/box'
import CopyToClipboard from '@cloudscape-design/components/copy-to-clipboard'
import Link from '@cloudscape-design/components/link'
import Table, { type TableProps } from '@cloudscape-design/components/table'
import type { JobView, StepView } from '#core/api/answers.ts'
import { STATES } from '#core/states.ts'
import { useQueryParameters } from '../../app/location.ts'
import { useIsNarrow } from '../../app/narrow.ts'
import { type Summary, summaryOf } from '../../graph/summary.ts'
import { count } from '../../job/amount.ts'
import { logsUrl } from '../../job/aws-links.ts'
import { JobProgress } from '../../job/job-progress.tsx'
import { StateLabel, wordOf } from '../../job/state-label.tsx'
import { Duration, TimeOf } from '../../job/time.tsx'
import { noteOf } from './note.ts'
import { StepItems } from './step-items.tsx'
import type { Steps } from './steps.ts'

type Row = { name: string; summary: Summary; first: StepView; last: StepView }

/** One row for each step, the items of a Map behind theirs. */
export function StepsTab({ job, steps }: { job: JobView; steps: Steps }) {
  const [query, changeQuery] = useQueryParameters()
  const isNarrow = useIsNarrow()
  const opened = query.get('step')
  if (opened !== null)
    return <StepItems name={opened} steps={steps} onBack={() => changeQuery({ step: null })} />
  return (
    <Table
      variant="embedded"
      items={rowsOf(steps.steps)}
      trackBy="name"
      columnDefinitions={columnsOf(job, {
        open: (step) => changeQuery({ step }),
        isPartial: steps.isPartial,
      })}
      {...(isNarrow && { visibleColumns: ['name', 'state', 'progress'] })}
      ariaLabels={{ tableLabel: 'Steps' }}
      empty={<Box variant="p">No step has begun.</Box>}
    />
  )
}

function rowsOf(steps: readonly StepView[]): Row[] {
  const byName = Map.groupBy(steps, ({ name }) => name)
  return [...byName].flatMap(([name, group]) => {
    const summary = summaryOf(group)
    if (!summary) return []
    const begun = group.filter(({ started_at }) => started_at !== null)
    const first = begun.toSorted((a, b) => (a.started_at ?? '').localeCompare(b.started_at ?? ''))[0]
    return { name, summary, first: first ?? summary.latest, last: summary.latest }
  })
}

type Opening = { open: (step: string) => void; isPartial: boolean }

const ABORTABLE = {
  checkpoint: 'At a checkpoint',
  boundary: 'At its end',
  never: 'Never',
  stop: 'With its execution',
} as const

const columnsOf = (job: JobView, { open, isPartial }: Opening): TableProps.ColumnDefinition<Row>[] => [
  {
    id: 'name',
    header: 'Step',
    isRowHeader: true,
    cell: ({ name, summary }) =>
      summary.isMapped ? (
        <Link
          onFollow={(event) => {
            event.preventDefault()
            open(name)
          }}
        >
          {name} ({count(summary.items)}
          {isPartial && '+'} items)
        </Link>
      ) : (
        name
      ),
  },
  { id: 'state', header: 'State', cell: ({ summary }) => <StateLabel state={summary.state} /> },
  {
    id: 'progress',
    header: 'Progress',
    minWidth: 180,
    cell: ({ summary }) => <StepProgress summary={summary} />,
  },
  { id: 'abortable', header: 'Stops', cell: ({ last }) => ABORTABLE[last.abortable] },
  {
    id: 'attempt',
    header: 'Attempt',
    cell: ({ last, summary }) => (summary.isMapped ? '–' : last.attempt || '–'),
  },
  { id: 'started', header: 'Started', cell: ({ first }) => <TimeOf time={first.started_at} /> },
  {
    id: 'duration',
    header: 'Duration',
    cell: ({ first, last }) => <Duration from={first.started_at} to={last.ended_at} />,
  },
  { id: 'note', header: 'Note', cell: ({ last, summary }) => (summary.isMapped ? '' : noteOf(last)) },
  { id: 'logs', header: 'Logs', cell: ({ name }) => <Logs job={job} step={name} /> },
]

function StepProgress({ summary }: { summary: Summary }) {
  const { isMapped, counts, latest } = summary
  if (!isMapped) return <JobProgress progress={latest.progress} label={`Progress of ${latest.name}`} />
  const shown = STATES.filter((state) => counts[state] > 0)
  return <>{shown.map((state) => `${count(counts[state])} ${wordOf(state).toLowerCase()}`).join(', ')}</>
}

/** CloudWatch has a page for them; where there is none, the command line finds them. */
function Logs({ job, step }: { job: JobView; step: string }) {
  const url = logsUrl(job.execution_arn, step)
  if (url !== null)
    return (
      <Link external href={url}>
        Logs
      </Link>
    )
  return (
    <CopyToClipboard
      variant="icon"
      textToCopy={`npx standdown logs ${job.job_execution_id} --step ${step}`}
      copyButtonAriaLabel={`Copy the command that shows the logs of ${step}`}
      copySuccessText="Copied: standdown logs, for the terminal"
      copyErrorText="Could not be copied"
    />
  )
}
