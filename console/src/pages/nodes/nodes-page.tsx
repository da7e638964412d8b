import StatusIndicator from '@cloudscape-design/components/status-indicator'
import type { TableProps } from '@cloudscape-design/components/table'
import { useQuery } from '@tanstack/react-query'
import type { Node } from '#client/nodes.ts'
import { api } from '../../api/api.ts'
import { JobLink } from '../../job/job-link.tsx'
import { NounTable } from '../noun-table.tsx'
import { NODES_KEY, nameOf, PowerActions } from './power-actions.tsx'

const EVERY_MS = 2_000

/** The bare-metal nodes, what their power is, and what it can be told to become. */
export default function NodesPage() {
  const found = useQuery({
    queryKey: NODES_KEY,
    queryFn: ({ signal }) => api.nodes.list({ signal }),
    refetchInterval: EVERY_MS,
  })
  return (
    <NounTable
      title="Nodes"
      found={found}
      columns={COLUMNS}
      narrowColumns={['name', 'power', 'actions']}
      empty="No node is registered: POST /nodes registers one."
    />
  )
}

const COLUMNS: TableProps.ColumnDefinition<Node>[] = [
  { id: 'name', header: 'Node', isRowHeader: true, cell: nameOf },
  { id: 'driver', header: 'Driver', cell: ({ driver }) => driver },
  { id: 'power', header: 'Power', cell: (node) => <Power node={node} /> },
  { id: 'job', header: 'Job', cell: ({ job_execution_id: id }) => <JobLink id={id} /> },
  { id: 'error', header: 'Last error', cell: ({ last_error }) => last_error ?? '–' },
  { id: 'actions', header: 'Change', minWidth: 140, cell: (node) => <PowerActions node={node} /> },
]

function Power({ node: { power_state, target_power_state } }: { node: Node }) {
  if (target_power_state) return <StatusIndicator type="loading">To {target_power_state}</StatusIndicator>
  if (power_state === 'power on') return <StatusIndicator type="success">On</StatusIndicator>
  if (power_state === 'power off') return <StatusIndicator type="stopped">Off</StatusIndicator>
  if (power_state === 'error') return <StatusIndicator type="error">Error</StatusIndicator>
  return <StatusIndicator type="info">Not known</StatusIndicator>
}
