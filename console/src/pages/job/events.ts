import { useQuery } from '@tanstack/react-query'
import type { JobView } from '#core/api/answers.ts'
import type { Notification } from '#core/notifications/schemas.ts'
import { isTerminal } from '#core/states.ts'
import { api } from '../../api/api.ts'

const EVERY_MS = 2_000
/** A Map of many items cancels each of them: these are the first. */
const MOST = 1_000

export type Events = { items: Notification[]; isPartial: boolean }

async function read(id: string, signal: AbortSignal): Promise<Events> {
  const items: Notification[] = []
  let next: string | undefined
  do {
    const page = await api.events(id, { next_token: next, limit: 100 }, { signal })
    items.push(...page.items)
    next = page.next_token ?? undefined
  } while (next !== undefined && items.length < MOST)
  return { items, isPartial: next !== undefined }
}

/** The notifications of a job, in order. */
export const useEvents = (job: JobView) =>
  useQuery({
    // Of a job that rests nothing more comes; its version tells of what came last.
    queryKey: ['events', job.job_execution_id, isTerminal(job.state) ? job.version : 'live'],
    queryFn: ({ signal }) => read(job.job_execution_id, signal),
    placeholderData: (before) => before,
    refetchInterval: ({ state }) => {
      const last = state.data?.items.at(-1)?.event_type ?? ''
      return isTerminal(job.state) && /^job\..*\.(end|error)$/.test(last) ? false : EVERY_MS
    },
  })
