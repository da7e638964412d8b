import { jobId, type ListQuery } from '#core/api/requests.ts'
import type { Job } from '#core/job/job.ts'
import { isTerminal } from '#core/states.ts'
import type { JobFilter, Needs, Page } from '../ports.ts'
import { decodeToken, encodeToken } from './page-token.ts'

export type JobPage = { jobs: Job[]; next_token: string | null }

/** With a tenant only its jobs. */
export type ListCommand = ListQuery & { tenant_id?: string | undefined }

type Listing = Needs<'index' | 'templates'>
type Reading = { filter: JobFilter; after?: string; limit: number }

/**
 * Jobs, newest first; those of a state that has not ended come from the index of such jobs, the one written last
 * first. A page asks for as many as it shows. Where a filter finds few, it may have fewer than there are, even none,
 * and a token to go on all the same.
 *
 * @throws RequestInvalidError for a token that no list gave
 */
export async function listJobs(ports: Listing, command: ListCommand): Promise<JobPage> {
  const { state, template, tenant_id, limit, next_token } = command
  const filter: JobFilter = {
    ...(template === undefined ? {} : { template }),
    ...(state ? { state } : {}),
    ...(tenant_id === undefined ? {} : { tenant_id }),
  }
  const after = next_token === undefined ? {} : { after: decodeToken(next_token, isJobPlace) }
  const reading: Reading = { filter, limit, ...after }
  const isOpen = state !== undefined && !isTerminal(state)
  const { items, next } = await (isOpen ? latest(ports, reading) : newest(ports, reading))
  return { jobs: items, next_token: next === null ? null : encodeToken(next) }
}

const latest = ({ index }: Listing, { filter, ...page }: Reading): Promise<Page<Job>> =>
  index.latest({ ...filter, ...page })

const placeOf = (job: Job): string => `${job.created_at}#${job.job_execution_id}`

/**
 * Each template is a partition of the index, so the pages of several are merged by the one key that sorts them all.
 * A page that ended early is known only as far as it came: what lies beyond in the others waits for the next request.
 */
async function newest(
  { index, templates }: Listing,
  { filter, limit, ...after }: Reading,
): Promise<Page<Job>> {
  const names = filter.template === undefined ? templates.names() : [filter.template]
  // One more than asked for, to see whether there are more.
  const query = { ...filter, ...after, limit: limit + 1 }
  const pages = await Promise.all(names.map((template) => index.newest({ ...query, template })))
  const known =
    pages
      .flatMap(({ next }) => (next === null ? [] : [next]))
      .sort()
      .at(-1) ?? null
  const sorted = pages.flatMap(({ items }) => items).sort((a, b) => (placeOf(a) < placeOf(b) ? 1 : -1))
  const jobs = sorted.filter((job) => known === null || placeOf(job) >= known)
  const items = jobs.slice(0, limit)
  const last = items.at(-1)
  return { items, next: jobs.length > limit && last ? placeOf(last) : known }
}

const isJobPlace = (text: string): boolean => {
  const [, id] = /^\d{4}-\d\d-\d\dT[\d:.]+Z#(.*)$/su.exec(text) ?? []
  return jobId.safeParse(id).success
}
