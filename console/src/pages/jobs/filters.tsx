import PropertyFilter from '@cloudscape-design/components/property-filter'
import SegmentedControl from '@cloudscape-design/components/segmented-control'
import SpaceBetween from '@cloudscape-design/components/space-between'
import type { JobList } from '#core/api/answers.ts'
import { STATES, type State } from '#core/states.ts'
import { useTemplates } from '../../api/jobs.ts'
import { count } from '../../job/amount.ts'
import { wordOf } from '../../job/state-label.tsx'
import { type Filter, filterOfTokens, PROPERTIES, tokensOf } from './filter.ts'

type Counts = JobList['counts'] | null
type Props = { filter: Filter; counts: Counts; onFilter: (filter: Filter) => void }

const ACTIVE = ['PENDING', 'ONGOING', 'CANCELLING'] as const
const ALL = 'all'

export function Filters({ filter, counts, onFilter }: Props) {
  const templates = useTemplates()
  const options = [
    ...STATES.map((value) => ({ propertyKey: 'state', value, label: wordOf(value) })),
    ...(templates.data?.items ?? []).map(({ name }) => ({ propertyKey: 'template', value: name })),
  ]
  return (
    <SpaceBetween size="s">
      <QuickFilters {...{ filter, counts, onFilter }} />
      <PropertyFilter
        className="job-filter"
        query={tokensOf(filter)}
        onChange={({ detail }) => onFilter(filterOfTokens(detail))}
        filteringProperties={PROPERTIES}
        filteringOptions={options}
        hideOperations
        filteringAriaLabel="Filter the jobs"
        filteringPlaceholder="State, template, or a part of an id or of who started it"
      />
    </SpaceBetween>
  )
}

function QuickFilters({ filter, counts, onFilter }: Props) {
  const shown = (state: (typeof ACTIVE)[number]): string => {
    if (!counts) return wordOf(state)
    return `${wordOf(state)} (${count(counts[state])}${counts.complete ? '' : '+'})`
  }
  const selected = ACTIVE.find((state) => state === filter.state) ?? (filter.state === null ? ALL : null)
  return (
    <SegmentedControl
      label="Jobs by state"
      selectedId={selected}
      onChange={({ detail }) => {
        const state: State | null = ACTIVE.find((one) => one === detail.selectedId) ?? null
        onFilter({ ...filter, state })
      }}
      options={[{ id: ALL, text: 'All' }, ...ACTIVE.map((id) => ({ id, text: shown(id) }))]}
    />
  )
}
