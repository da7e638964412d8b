import Box from '@cloudscape-design/components/box'
import Button from '@cloudscape-design/components/button'
import Header from '@cloudscape-design/components/header'
import Pagination from '@cloudscape-design/components/pagination'
import SpaceBetween from '@cloudscape-design/components/space-between'
import StatusIndicator from '@cloudscape-design/components/status-indicator'
import Table from '@cloudscape-design/components/table'
import type { JobList, ListedJob } from '#core/api/answers.ts'
import { useIsNarrow } from '../../app/narrow.ts'
import { COLUMNS, NARROW_COLUMNS } from './columns.tsx'
import { StartDemo } from './demo-job.tsx'
import type { Filter } from './filter.ts'
import { Filters } from './filters.tsx'
import type { Pages } from './jobs-page.tsx'

type Props = {
  jobs: readonly ListedJob[]
  counts: JobList['counts'] | null
  filter: Filter
  pages: Pages
  nextToken: string | null
  selected: readonly string[]
  isLoading: boolean
  hasFailed: boolean
  onFilter: (filter: Filter) => void
  onSelect: (ids: readonly string[]) => void
  onAbort: () => void
}

const canBeAborted = ({ supported_abort_modes }: ListedJob): boolean =>
  supported_abort_modes.some(({ supported }) => supported)

export function JobTable(props: Props) {
  const { jobs, selected, pages, nextToken } = props
  const isNarrow = useIsNarrow()
  return (
    <Table
      variant="full-page"
      stickyHeader
      enableKeyboardNavigation
      items={jobs}
      columnDefinitions={COLUMNS}
      {...(isNarrow && { visibleColumns: NARROW_COLUMNS })}
      trackBy="job_execution_id"
      loading={props.isLoading}
      loadingText="Loading the jobs"
      selectionType="multi"
      selectedItems={jobs.filter(({ job_execution_id: id }) => selected.includes(id))}
      isItemDisabled={(job) => !canBeAborted(job)}
      onSelectionChange={({ detail }) =>
        props.onSelect(detail.selectedItems.map(({ job_execution_id }) => job_execution_id))
      }
      ariaLabels={{
        tableLabel: 'Jobs',
        selectionGroupLabel: 'Choose jobs to abort',
        allItemsSelectionLabel: () => 'All jobs of this page that can be aborted',
        itemSelectionLabel: (_, { job_execution_id }) => `Job ${job_execution_id}`,
      }}
      header={<TableHeader {...props} />}
      filter={<Filters filter={props.filter} counts={props.counts} onFilter={props.onFilter} />}
      pagination={
        <Pagination
          currentPageIndex={pages.at}
          pagesCount={nextToken === null ? pages.at : pages.at + 1}
          openEnd={nextToken !== null}
          onChange={({ detail }) => pages.go(detail.currentPageIndex, nextToken)}
        />
      }
      empty={<Nothing {...props} />}
    />
  )
}

function TableHeader({ selected, hasFailed, isLoading, onAbort }: Props) {
  const many = selected.length > 1 ? ` ${selected.length} jobs` : ''
  return (
    <Header
      variant="awsui-h1-sticky"
      info={!isLoading && <Liveness hasFailed={hasFailed} />}
      actions={
        <SpaceBetween direction="horizontal" size="xs">
          <Button
            onClick={onAbort}
            disabled={selected.length === 0}
            disabledReason="Select jobs that have not ended"
          >
            Abort{many}
          </Button>
          <Button variant="primary" href="#/templates">
            Start a job
          </Button>
        </SpaceBetween>
      }
    >
      Jobs
    </Header>
  )
}

const Liveness = ({ hasFailed }: { hasFailed: boolean }) =>
  hasFailed ? (
    <StatusIndicator type="warning">Not live</StatusIndicator>
  ) : (
    <StatusIndicator type="success" colorOverride="grey">
      Live
    </StatusIndicator>
  )

function Nothing({ filter, hasFailed, nextToken, onFilter }: Props) {
  if (hasFailed) return <Box variant="p">Nothing was heard of any job yet.</Box>
  const isFiltered = filter.state !== null || filter.template !== null || filter.text !== null
  return (
    <Box textAlign="center" padding={{ vertical: 'l' }}>
      <SpaceBetween size="s" alignItems="center">
        <Box variant="h3">{isFiltered ? 'No such job on this page' : 'No jobs yet'}</Box>
        {isFiltered ? (
          <>
            {nextToken !== null && <Box variant="p">There are more pages.</Box>}
            <Button onClick={() => onFilter({ state: null, template: null, text: null })}>
              Show all jobs
            </Button>
          </>
        ) : (
          <>
            <Box variant="p">A demo job waits for two minutes, and touches nothing: try to abort it.</Box>
            <StartDemo />
          </>
        )}
      </SpaceBetween>
    </Box>
  )
}
