import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { isTerminal } from '#core/states.ts'
import { api } from './api.ts'

export type JobsQuery = Parameters<typeof api.jobs>[0]

const LIST_MS = 2_000
const JOB_MS = 1_000
/** After a failure the page asks more seldom, and goes on by itself when it is answered again. */
const FAILED_MS = 5_000

export const useJobs = (query: JobsQuery) =>
  useQuery({
    queryKey: ['jobs', query],
    queryFn: ({ signal }) => api.jobs(query, { signal }),
    placeholderData: keepPreviousData,
    refetchInterval: ({ state }) => (state.error ? FAILED_MS : LIST_MS),
  })

/** `every`: how often one that has not ended is looked at. */
export const jobQuery = (id: string, every = JOB_MS) => ({
  queryKey: ['job', id],
  queryFn: ({ signal }: { signal: AbortSignal }) => api.job(id, { signal }),
  refetchInterval: ({
    state,
  }: {
    state: { error: Error | null; data?: Awaited<ReturnType<typeof api.job>> | undefined }
  }) => {
    if (state.error) return FAILED_MS
    const job = state.data
    const rests = job && isTerminal(job.state) && (job.clean_up === null || job.clean_up.ended_at !== null)
    return rests ? false : every
  },
})

export const useJob = (id: string) => useQuery(jobQuery(id))

export const useDefinition = (id: string) =>
  useQuery({
    queryKey: ['definition', id],
    queryFn: ({ signal }) => api.definition(id, { signal }),
    staleTime: 60_000,
  })

export const useTemplate = (name: string | undefined) =>
  useQuery({
    queryKey: ['template', name],
    queryFn: ({ signal }) => api.template(name ?? '', { signal }),
    enabled: name !== undefined,
    staleTime: 60_000,
  })

export const useTemplates = () =>
  useQuery({
    queryKey: ['templates'],
    queryFn: ({ signal }) => api.templates({ signal }),
    staleTime: 60_000,
  })
