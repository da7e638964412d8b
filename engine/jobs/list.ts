import type { ListQuery } from '#core/api/requests.ts'
import { RequestInvalidError } from '#core/errors.ts'
import type { Job } from '#core/job/job.ts'
import type { Needs } from '../ports.ts'

export type JobPage = { jobs: Job[]; next_token: string | null }

const placeOf = (job: Job): string => `${job.created_at}#${job.job_execution_id}`

/**
 * Jobs, newest first. Each template is a partition of the index, so the pages of several are merged by the
 * one key that sorts them all; the token is the last key answered.
 *
 * @throws RequestInvalidError for a token that no list gave
 */
export async function listJobs(
  { index, templates }: Needs<'index' | 'templates'>,
  { state, template, limit, next_token }: ListQuery,
): Promise<JobPage> {
  const before = next_token === undefined ? undefined : decodeToken(next_token)
  const names = template === undefined ? templates.names() : [template]
  // One more than asked for, to see whether there are more.
  const query = { ...(state ? { state } : {}), ...(before ? { before } : {}), limit: limit + 1 }
  const lists = await Promise.all(names.map((name) => index.newest({ template: name, ...query })))
  const jobs = lists.flat().sort((a, b) => (placeOf(a) < placeOf(b) ? 1 : -1))
  const page = jobs.slice(0, limit)
  const last = page.at(-1)
  return { jobs: page, next_token: jobs.length > limit && last ? encodeToken(placeOf(last)) : null }
}

const encodeToken = (key: string): string => Buffer.from(key).toString('base64url')

function decodeToken(token: string): string {
  const key = Buffer.from(token, 'base64url').toString()
  if (/^\d{4}-\d\d-\d\dT[\d:.]+Z#[A-Za-z0-9_-]{1,80}$/.test(key)) return key
  const detail = 'is not a token that this list gave: leave it out to start anew'
  throw new RequestInvalidError(`next_token ${detail}`, [{ pointer: '/next_token', detail }])
}
