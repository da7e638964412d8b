import { useQueries } from '@tanstack/react-query'
import type { ListedJob } from '#core/api/answers.ts'
import type { Notification } from '#core/notifications/schemas.ts'
import { isTerminal } from '#core/states.ts'
import { api } from '../../api/api.ts'
import { useJobs } from '../../api/jobs.ts'

/** The tail follows jobs, not the table: each of these is one request for every look. */
export const JOBS_FOLLOWED = 10
const EVERY_MS = 3_000
const MOST_SHOWN = 200

export type Tail = { notifications: readonly Notification[]; error: Error | null; retry: () => void }

/** The notifications of the newest jobs, the last one first. */
export function useTail(): Tail {
  const listed = useJobs({ limit: JOBS_FOLLOWED })
  const jobs = listed.data?.items ?? []
  const notifications = useQueries({ queries: jobs.map(eventsOf), combine: (all) => latest(all) })
  return { notifications, error: listed.error, retry: () => void listed.refetch() }
}

// A job that has ended tells no more until its version rises.
const eventsOf = ({ job_execution_id: id, state, version }: ListedJob) => ({
  queryKey: ['tail', id, isTerminal(state) ? version : 'live'],
  queryFn: ({ signal }: { signal: AbortSignal }) => api.events(id, { limit: 100 }, { signal }),
  refetchInterval: isTerminal(state) ? (false as const) : EVERY_MS,
})

const latest = (all: readonly { data: { items: Notification[] } | undefined }[]): Notification[] =>
  all
    .flatMap(({ data }) => data?.items ?? [])
    .sort((a, b) => b.timestamp.localeCompare(a.timestamp) || b.sequence - a.sequence)
    .slice(0, MOST_SHOWN)
