import type { AbortBody, AbortManyBody } from '#core/api/abort-requests.ts'
import type {
  AbortJobAnswer,
  AbortJobsItem,
  AbortPlan,
  CleanUpAnswer,
  DefinitionView,
  ExecuteJobAnswer,
  JobList,
  JobView,
  StepList,
  StepWithValues,
} from '#core/api/answers.ts'
import { jobPath } from '#core/api/job-path.ts'
import type { ListQuery, StepsQuery } from '#core/api/requests.ts'
import type { Notification } from '#core/notifications/schemas.ts'
import type { Http, CallOptions as Options } from './http.ts'

/** Of a parsed request what a caller may leave out. */
type Some<Query> = { [Name in keyof Query]?: Query[Name] | undefined }

export type Page<Item> = { items: Item[]; next_token: string | null }
export type PageQuery = { limit?: number | undefined; next_token?: string | undefined }

export type Execution = {
  template: string
  input: Record<string, unknown>
  tenant_id?: string | undefined
  /** @default a new one: a lost answer is then asked for again, not a second job */
  idempotency_key?: string | undefined
}
export type AbortOptions = Some<Omit<AbortBody, 'dry_run' | 'abort_mode'>>
export type AbortManyOptions = Some<Omit<AbortManyBody, 'dry_run' | 'abort_mode'>>
/** `changed`: the abort, or what it adds to a running one, was new. */
export type Aborted = AbortJobAnswer & { changed: boolean }
export type CleanUp = CleanUpAnswer & { changed: boolean }
export type AbortedMany = { items: AbortJobsItem[] }
/** `truncated`: the filter matches more jobs than one request may abort. */
export type PlannedMany = AbortedMany & { count: number; truncated: boolean }

/** Each of them throws ApiProblem where the API refuses, ApiUnreachable where nothing answers. */
export const jobCalls = (http: Http) => ({
  execute: async ({ template, input, tenant_id, idempotency_key }: Execution, { signal }: Options = {}) => {
    const body = { job_template_fq_name: template, input, tenant_id }
    const headers = { 'idempotency-key': idempotency_key ?? crypto.randomUUID() }
    const sent = { body, headers, signal, repeatable: true }
    return (await http.send<ExecuteJobAnswer>('POST', '/execute-job', sent)).body
  },
  job: (id: string, options?: Options) => http.get<JobView>(jobPath(id), {}, options),
  /** Newest first; with `counts: 'active'` also how many have not ended. */
  jobs: (query: Some<ListQuery> = {}, options?: Options) => http.get<JobList>('/jobs', query, options),
  /** The state machine that its execution runs. */
  definition: (id: string, options?: Options) =>
    http.get<DefinitionView>(`${jobPath(id)}/definition`, {}, options),
  /** Those that were claimed. */
  steps: (id: string, query: Some<Omit<StepsQuery, 'values'>> = {}, options?: Options) =>
    http.get<StepList>(`${jobPath(id)}/steps`, query, options),
  /** Each with its checkpoint and result, ten to a page at most. */
  stepValues: (id: string, query: PageQuery = {}, options?: Options) =>
    http.get<Page<StepWithValues>>(`${jobPath(id)}/steps`, { ...query, values: 'true' }, options),
  /** The job's notifications in order. */
  events: (id: string, query: PageQuery = {}, options?: Options) =>
    http.get<Page<Notification>>(`${jobPath(id)}/events`, query, options),
  abort: async (id: string, body: AbortOptions = {}, { signal }: Options = {}): Promise<Aborted> => {
    const sent = { body, signal, repeatable: true }
    const answer = await http.send<AbortJobAnswer>('POST', `${jobPath(id)}/abort`, sent)
    return { ...answer.body, changed: answer.status === 202 }
  },
  /** What an abort would do; nothing is written. */
  dryRun: async (id: string, options: AbortOptions = {}, { signal }: Options = {}) => {
    const sent = { body: { ...options, dry_run: true }, signal, repeatable: true }
    return (await http.send<AbortPlan>('POST', `${jobPath(id)}/abort`, sent)).body
  },
  /** One result for each job; that of one does not hinder the others. */
  abortMany: async (body: AbortManyOptions, { signal }: Options = {}) =>
    (await http.send<AbortedMany>('POST', '/jobs/abort', { body, signal, repeatable: true })).body,
  /** What it would be answered; nothing is written. */
  dryRunMany: async (options: AbortManyOptions, { signal }: Options = {}) => {
    const sent = { body: { ...options, dry_run: true }, signal, repeatable: true }
    return (await http.send<PlannedMany>('POST', '/jobs/abort', sent)).body
  },
  /** Repeats what a FAILED job's clean-up could not do. */
  cleanUp: async (id: string, { signal }: Options = {}): Promise<CleanUp> => {
    const sent = { signal, repeatable: true }
    const answer = await http.send<CleanUpAnswer>('POST', `${jobPath(id)}/clean-up`, sent)
    return { ...answer.body, changed: answer.status === 202 }
  },
})
