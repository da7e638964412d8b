import type { EventsQuery, StepsQuery } from '#core/api/requests.ts'
import type { Job } from '#core/job/job.ts'
import type { Notification } from '#core/notifications/schemas.ts'
import { acceptedAt, stepsOfJob } from '#core/step/of-job.ts'
import type { Step } from '#core/step/step.ts'
import type { Needs, Page, PageQuery } from '../ports.ts'
import { decodeToken, encodeToken } from './page-token.ts'

/** Some of a job's steps, or of its notifications, and a token for the next ones. */
export type PartPage<Part> = { items: Part[]; next_token: string | null }

/** What one look at a job reads of its steps: four megabytes at most, where 10,000 would be forty. */
const MOST_LOOKED_AT = 1_000

/** `latest`: where there are more, the last ones of them, which may overlap the first. */
export type LookedAt = { steps: Step[]; moreSteps: boolean; latest: Step[] }

/** The first of the job's own steps, in the order of the chain, whether there are more, and the last of those. */
export async function firstSteps({ steps }: Needs<'steps'>, job: Job): Promise<LookedAt> {
  const { items, next } = await steps.page(job.job_execution_id, { limit: MOST_LOOKED_AT + 1 })
  const moreSteps = next !== null || items.length > MOST_LOOKED_AT
  const latest = moreSteps ? await steps.latest(job.job_execution_id, MOST_LOOKED_AT) : []
  const first = items.slice(0, MOST_LOOKED_AT)
  return { steps: stepsOfJob(job, first), moreSteps, latest: stepsOfJob(job, latest) }
}

/** The job's own steps that were claimed, in the order of the chain. @throws RequestInvalidError for a foreign token */
export async function listSteps(
  { steps }: Needs<'steps'>,
  job: Job,
  { updated_after, ...query }: StepsQuery,
): Promise<PartPage<Step>> {
  const since = updated_after === undefined ? {} : { updated_after: sortable(updated_after) }
  const { items, next } = await steps.page(job.job_execution_id, { ...pageQuery(query, 'STEP#'), ...since })
  return partPage({ items: stepsOfJob(job, items), next })
}

/** A time may be given without its milliseconds; ours have three digits, and compare as text. */
const sortable = (time: string): string => new Date(time).toISOString()

/** Its notifications, in order, without those of an earlier job of this id. @throws RequestInvalidError for a foreign token */
export async function listNotifications(
  { notifications }: Needs<'notifications'>,
  job: Job,
  query: EventsQuery,
): Promise<PartPage<Notification>> {
  const kind = 'NOTIFICATION#'
  const from = { after: `${kind}${acceptedAt(job)}` }
  return partPage(await notifications.page(job.job_execution_id, { ...from, ...pageQuery(query, kind) }))
}

/** A place is the key that sorts the part below its job; one of another kind would be read elsewhere. */
function pageQuery({ limit, next_token }: EventsQuery, kind: string): PageQuery {
  if (next_token === undefined) return { limit }
  const isPlace = (text: string): boolean => text.startsWith(kind) && text.length <= MAX_PLACE
  return { limit, after: decodeToken(next_token, isPlace) }
}

/** DynamoDB's bound of a sort key. */
const MAX_PLACE = 1024

const partPage = <Part>({ items, next }: Page<Part>): PartPage<Part> => ({
  items,
  next_token: next === null ? null : encodeToken(next),
})
