import Box from '@cloudscape-design/components/box'
import Header from '@cloudscape-design/components/header'
import Link from '@cloudscape-design/components/link'
import StatusIndicator from '@cloudscape-design/components/status-indicator'
import Table, { type TableProps } from '@cloudscape-design/components/table'
import { useQuery } from '@tanstack/react-query'
import type { Node } from '#client/nodes.ts'
import { api } from '../../api/api.ts'
import { ProblemAlert } from '../../api/problem-alert.tsx'
import { jobHref } from '../../app/location.ts'
import { useIsNarrow } from '../../app/narrow.ts'
import { ShortId } from '../../job/names.tsx'
import { NODES_KEY, nameOf, PowerActions } from './power-actions.tsx'

const EVERY_MS = 2_000

/** The bare-metal nodes, what their power is, and what it can be told to become. */
export default function NodesPage() {
  const { data, error, isPending, refetch } = useQuery({
    queryKey: NODES_KEY,
    queryFn: ({ signal }) => api.nodes.list({ signal }),
    refetchInterval: EVERY_MS,
  })
  const isNarrow = useIsNarrow()
  return (
    <>
      {error && <ProblemAlert error={error} onRetry={() => void refetch()} />}
      <Table
        variant="full-page"
        items={data ?? []}
        trackBy="uuid"
        loading={isPending}
        loadingText="Loading the nodes"
        columnDefinitions={COLUMNS}
        {...(isNarrow && { visibleColumns: ['name', 'power', 'actions'] })}
        ariaLabels={{ tableLabel: 'Nodes' }}
        header={<Header variant="awsui-h1-sticky">Nodes</Header>}
        empty={<Box variant="p">No node is registered: POST /nodes registers one.</Box>}
      />
    </>
  )
}

const COLUMNS: TableProps.ColumnDefinition<Node>[] = [
  { id: 'name', header: 'Node', isRowHeader: true, cell: nameOf },
  { id: 'driver', header: 'Driver', cell: ({ driver }) => driver },
  { id: 'power', header: 'Power', cell: (node) => <Power node={node} /> },
  {
    id: 'job',
    header: 'Job',
    cell: ({ job_execution_id: id }) =>
      id ? (
        <Link href={jobHref(id)}>
          <ShortId id={id} />
        </Link>
      ) : (
        '–'
      ),
  },
  { id: 'error', header: 'Last error', cell: ({ last_error }) => last_error ?? '–' },
  { id: 'actions', header: 'Change', cell: (node) => <PowerActions node={node} /> },
]

function Power({ node: { power_state, target_power_state } }: { node: Node }) {
  if (target_power_state) return <StatusIndicator type="loading">To {target_power_state}</StatusIndicator>
  if (power_state === 'power on') return <StatusIndicator type="success">On</StatusIndicator>
  if (power_state === 'power off') return <StatusIndicator type="stopped">Off</StatusIndicator>
  return <StatusIndicator type="info">Not known</StatusIndicator>
}
