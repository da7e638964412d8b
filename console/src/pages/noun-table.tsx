import Box from '@cloudscape-design/components/box'
import Header from '@cloudscape-design/components/header'
import Table, { type TableProps } from '@cloudscape-design/components/table'
import type { UseQueryResult } from '@tanstack/react-query'
import { ProblemAlert } from '../api/problem-alert.tsx'
import { useIsNarrow } from '../app/narrow.ts'

type Props<Item> = {
  title: string
  found: UseQueryResult<Item[]>
  columns: TableProps.ColumnDefinition<Item>[]
  narrowColumns: string[]
  empty: string
}

/** All of what a door of OpenStack's keeps, with its verbs in the last column. */
export function NounTable<Item>({ title, found, columns, narrowColumns, empty }: Props<Item>) {
  const { data, error, isPending, refetch } = found
  const isNarrow = useIsNarrow()
  return (
    <>
      {error && <ProblemAlert error={error} onRetry={() => void refetch()} />}
      <Table
        variant="full-page"
        items={data ?? []}
        trackBy="uuid"
        loading={isPending}
        loadingText={`Loading the ${title.toLowerCase()}`}
        columnDefinitions={columns}
        {...(isNarrow && { visibleColumns: narrowColumns })}
        ariaLabels={{ tableLabel: title }}
        header={<Header variant="awsui-h1-sticky">{title}</Header>}
        empty={<Box variant="p">{empty}</Box>}
      />
    </>
  )
}
