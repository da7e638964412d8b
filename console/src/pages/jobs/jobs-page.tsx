import { useMemo, useState } from 'react'
import { AbortDialog } from '../../abort/abort-dialog.tsx'
import { AbortManyDialog } from '../../abort/abort-many-dialog.tsx'
import { useJobs } from '../../api/jobs.ts'
import { ProblemAlert } from '../../api/problem-alert.tsx'
import { useQueryParameters } from '../../app/location.ts'
import { moveFocus, useShortcuts } from '../../app/shortcuts.ts'
import { type Filter, filterOf, mentions, parametersOf } from './filter.ts'
import { JobTable } from './job-table.tsx'

const PAGE = 25
/** Text is looked for within one page, so that is as long as the API makes it. */
const LONGEST_PAGE = 100
const LINKS = 'a.job-link'

export default function JobsPage() {
  const [query, changeQuery] = useQueryParameters()
  const filter = filterOf(query)
  const pages = usePages(`${filter.state} ${filter.template} ${filter.text}`)
  const listed = useJobs({
    ...(filter.state && { state: filter.state }),
    ...(filter.template && { template: filter.template }),
    ...(pages.token && { next_token: pages.token }),
    limit: filter.text ? LONGEST_PAGE : PAGE,
    counts: 'active',
  })
  const items = listed.data?.items ?? []
  const jobs = filter.text ? items.filter((job) => mentions(job, filter.text ?? '')) : items
  const [selected, select] = useState<readonly string[]>([])
  const [aborting, abort] = useState<readonly string[]>([])
  useJobShortcuts(selected, abort)
  const onFilter = (next: Filter): void => {
    select([])
    changeQuery(parametersOf(next))
  }
  return (
    <>
      {listed.error && <ProblemAlert error={listed.error} onRetry={() => void listed.refetch()} />}
      <JobTable
        {...{ jobs, filter, pages, selected }}
        counts={listed.data?.counts ?? null}
        isLoading={listed.isPending}
        hasFailed={listed.error !== null}
        nextToken={listed.data?.next_token ?? null}
        onFilter={onFilter}
        onSelect={select}
        onAbort={() => abort(selected)}
      />
      {aborting.length === 1 && aborting[0] && (
        <AbortDialog id={aborting[0]} onClose={() => abort([])} onDone={() => select([])} />
      )}
      {aborting.length > 1 && (
        <AbortManyDialog ids={aborting} onClose={() => abort([])} onDone={() => select([])} />
      )}
    </>
  )
}

export type Pages = {
  at: number
  token: string | undefined
  go: (to: number, nextToken: string | null) => void
}

/** The tokens of the pages that were opened; another filter begins anew. */
function usePages(key: string): Pages {
  const [opened, open] = useState<{ key: string; at: number; tokens: readonly string[] }>({
    key,
    at: 1,
    tokens: [],
  })
  const { at, tokens } = opened.key === key ? opened : { at: 1, tokens: [] }
  const go = (to: number, nextToken: string | null): void => {
    const known = to === at + 1 && nextToken !== null ? [...tokens.slice(0, at - 1), nextToken] : tokens
    if (to === 1 || known[to - 2] !== undefined) open({ key, at: to, tokens: known })
  }
  return { at, token: at === 1 ? undefined : tokens[at - 2], go }
}

function useJobShortcuts(selected: readonly string[], abort: (ids: readonly string[]) => void): void {
  useShortcuts(
    useMemo(
      () => ({
        '/': () => document.querySelector<HTMLInputElement>('.job-filter input')?.focus(),
        j: () => moveFocus(LINKS, 1),
        k: () => moveFocus(LINKS, -1),
        a: () => abort(selected.length > 0 ? selected : focusedJob()),
      }),
      [selected, abort],
    ),
  )
}

/** The job whose link has the focus. */
function focusedJob(): string[] {
  const href = document.activeElement?.closest<HTMLAnchorElement>(LINKS)?.hash
  const id = href?.split('/')[2]
  return id === undefined ? [] : [decodeURIComponent(id)]
}
