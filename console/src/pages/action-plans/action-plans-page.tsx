import Button from '@cloudscape-design/components/button'
import SpaceBetween from '@cloudscape-design/components/space-between'
import type { TableProps } from '@cloudscape-design/components/table'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import type { ActionPlan } from '#client/action-plans.ts'
import { isTerminal } from '#core/states.ts'
import { api } from '../../api/api.ts'
import { flash } from '../../app/flashes.ts'
import { JobLink } from '../../job/job-link.tsx'
import { ShortId } from '../../job/names.tsx'
import { StateLabel } from '../../job/state-label.tsx'
import { TimeOf } from '../../job/time.tsx'
import { NounTable } from '../noun-table.tsx'

const EVERY_MS = 2_000
const KEY = ['action-plans']

/** Plans that were recommended: each can be started, and one that runs cancelled. */
export default function ActionPlansPage() {
  const found = useQuery({
    queryKey: KEY,
    queryFn: ({ signal }) => api.actionPlans.list({ signal }),
    refetchInterval: EVERY_MS,
  })
  return (
    <NounTable
      title="Action plans"
      found={found}
      columns={COLUMNS}
      narrowColumns={['name', 'state', 'actions']}
      empty="No plan is recommended: POST /action-plans makes one."
    />
  )
}

const nameOf = ({ name, uuid }: ActionPlan): string => name ?? uuid

const COLUMNS: TableProps.ColumnDefinition<ActionPlan>[] = [
  {
    id: 'name',
    header: 'Plan',
    isRowHeader: true,
    cell: ({ name, uuid }) => (
      <>
        {name} <ShortId id={uuid} />
      </>
    ),
  },
  { id: 'state', header: 'State', cell: ({ state }) => <StateLabel state={state} /> },
  { id: 'strategy', header: 'Strategy', cell: ({ strategy_name }) => strategy_name ?? '–' },
  { id: 'parallel', header: 'At once', cell: ({ max_parallel }) => max_parallel },
  { id: 'job', header: 'Job', cell: ({ job_execution_id: id }) => <JobLink id={id} /> },
  { id: 'created', header: 'Recommended', cell: ({ created_at }) => <TimeOf time={created_at} /> },
  { id: 'actions', header: 'Change', cell: (plan) => <Verbs plan={plan} /> },
]

/** Watcher's verbs. */
function Verbs({ plan }: { plan: ActionPlan }) {
  const { uuid, state } = plan
  const start = useVerb(plan, { done: 'started', work: () => api.actionPlans.start(uuid) })
  const cancel = useVerb(plan, { done: 'being cancelled', work: () => api.actionPlans.cancel(uuid) })
  const hasEnded = state !== 'RECOMMENDED' && isTerminal(state)
  return (
    <SpaceBetween direction="horizontal" size="xs">
      {state === 'RECOMMENDED' && (
        <Button onClick={() => start.mutate()} loading={start.isPending} ariaLabel={`Start ${nameOf(plan)}`}>
          Start
        </Button>
      )}
      {!hasEnded && state !== 'CANCELLING' && (
        <Button
          onClick={() => cancel.mutate()}
          loading={cancel.isPending}
          ariaLabel={`Cancel ${nameOf(plan)}`}
        >
          Cancel
        </Button>
      )}
    </SpaceBetween>
  )
}

function useVerb(plan: ActionPlan, { done, work }: { done: string; work: () => Promise<unknown> }) {
  const queries = useQueryClient()
  return useMutation({
    mutationFn: work,
    onSuccess: () => flash({ type: 'success', header: `${nameOf(plan)} is ${done}` }),
    onError: (error) => flash({ type: 'error', header: nameOf(plan), content: error.message }),
    onSettled: () => queries.invalidateQueries({ queryKey: KEY }),
  })
}
