import { useInfiniteQuery, useQuery, useQueryClient } from '@tanstack/react-query'
import { useEffect, useMemo } from 'react'
import type { JobView, StepView } from '#core/api/answers.ts'
import { STATES } from '#core/states.ts'
import { api } from '../../api/api.ts'

const PAGE = 100
/** So many are read without being asked for: more only as a person scrolls to them. */
const READ_BY_ITSELF = 1_000
const CHANGED_MS = 2_000
/** A step's write may be listed a moment after its time. */
const OVERLAP_MS = 5_000

export type Steps = {
  steps: readonly StepView[]
  /** There are more than were read. */
  isPartial: boolean
  more: () => void
}

export const stepKey = ({ order, name, index, started_at }: StepView): string =>
  `${order} ${name} ${index ?? ''} ${started_at ?? ''}`

/** The steps of a job: the job has the first hundred, the others are read page by page and followed by what changed. */
export function useSteps(job: JobView): Steps {
  const all = STATES.reduce((sum, state) => sum + job.step_counts[state], 0)
  const isLong = job.more_steps || all > job.steps.length
  const id = job.job_execution_id
  const pages = useInfiniteQuery({
    queryKey: ['steps', id],
    queryFn: ({ pageParam, signal }) => api.steps(id, { next_token: pageParam, limit: PAGE }, { signal }),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: ({ next_token }) => next_token ?? undefined,
    enabled: isLong,
    staleTime: Number.POSITIVE_INFINITY,
  })
  const { data, hasNextPage, isFetching, fetchNextPage } = pages
  const read = useMemo(() => data?.pages.flatMap(({ items }) => items) ?? [], [data])
  useEffect(() => {
    if (hasNextPage && !isFetching && read.length < READ_BY_ITSELF) void fetchNextPage()
  }, [hasNextPage, isFetching, read.length, fetchNextPage])
  const changed = useChanged(job, read)
  const steps = useMemo(
    () => (isLong ? merged(job, [read, changed]) : job.steps),
    [isLong, job, read, changed],
  )
  return { steps, isPartial: isLong && hasNextPage, more: () => void fetchNextPage() }
}

const NONE: readonly StepView[] = []

/** What was written since the pages were read. */
function useChanged(job: JobView, read: readonly StepView[]): readonly StepView[] {
  const queries = useQueryClient()
  const id = job.job_execution_id
  const key = ['steps-changed', id]
  const rests = job.ended_at !== null && (job.clean_up === null || job.clean_up.ended_at !== null)
  const changed = useQuery({
    queryKey: key,
    queryFn: async ({ signal }) => {
      const before = queries.getQueryData<readonly StepView[]>(key) ?? NONE
      const found = await changedSteps(id, latestOf([...read, ...before]), signal)
      return [...new Map([...before, ...found].map((step) => [stepKey(step), step])).values()]
    },
    enabled: read.length > 0,
    refetchInterval: rests ? false : CHANGED_MS,
  })
  const { refetch } = changed
  const hasRead = read.length > 0
  useEffect(() => {
    if (rests && hasRead) void refetch()
  }, [rests, hasRead, refetch])
  return changed.data ?? NONE
}

async function changedSteps(id: string, after: string | null, signal: AbortSignal): Promise<StepView[]> {
  const found: StepView[] = []
  let next: string | null = null
  do {
    const query = { ...(after && { updated_after: after }), ...(next && { next_token: next }), limit: PAGE }
    const page = await api.steps(id, query, { signal })
    found.push(...page.items)
    next = page.next_token
  } while (next !== null && found.length < READ_BY_ITSELF)
  return found
}

/** By the times that the steps themselves tell: this machine's clock may be another. */
function latestOf(steps: readonly StepView[]): string | null {
  const times = steps.flatMap(({ started_at, ended_at, checkpoint_at }) => [
    started_at,
    ended_at,
    checkpoint_at,
  ])
  const latest = times.reduce((a, b) => ((b ?? '') > (a ?? '') ? b : a), null)
  return latest && new Date(Date.parse(latest) - OVERLAP_MS).toISOString()
}

function merged(job: JobView, parts: readonly (readonly StepView[])[]): StepView[] {
  const byKey = new Map<string, StepView>()
  for (const step of parts.flat()) byKey.set(stepKey(step), step)
  const unclaimed = job.steps.filter(({ attempt, state }) => attempt === 0 && state === 'PENDING')
  const known = new Set([...byKey.values()].map(({ name }) => name))
  const open = unclaimed.filter(({ name }) => !known.has(name))
  return [...byKey.values(), ...open].sort(byPlace)
}

const byPlace = (a: StepView, b: StepView): number =>
  a.order - b.order ||
  a.name.localeCompare(b.name) ||
  String(a.index ?? '').localeCompare(String(b.index ?? ''), 'en', { numeric: true })
