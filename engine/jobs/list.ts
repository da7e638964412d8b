import { QueryCommand } from '@aws-sdk/client-dynamodb'
import type { Deps } from '#aws/deps.ts'
import { decode, type Item } from '#aws/table/codec.ts'
import type { ListQuery } from '#core/api/requests.ts'
import { RequestInvalidError } from '#core/errors.ts'
import type { Job } from '#core/job/job.ts'

export type JobPage = { jobs: Job[]; next_token: string | null }

const listKey = (job: Job): string => `${job.created_at}#${job.job_execution_id}`

/**
 * Jobs, newest first. Each template is a partition of the index, so the pages of several are merged by the
 * one key that sorts them all; the token is the last key answered.
 */
export async function listJobs(deps: Deps, query: ListQuery): Promise<JobPage> {
  const before = query.next_token === undefined ? null : decodeToken(query.next_token)
  const names = query.template === undefined ? deps.templates.names() : [query.template]
  const lists = await Promise.all(names.map((name) => newest(deps, name, { ...query, before })))
  const jobs = lists.flat().sort((a, b) => (listKey(a) < listKey(b) ? 1 : -1))
  const page = jobs.slice(0, query.limit)
  const last = page.at(-1)
  return { jobs: page, next_token: jobs.length > query.limit && last ? encodeToken(listKey(last)) : null }
}

type Wanted = Pick<ListQuery, 'state' | 'limit'> & { before: string | null }

/** One more than the limit, so that the caller sees whether there are more. */
async function newest(deps: Deps, template: string, wanted: Wanted): Promise<Job[]> {
  const jobs: Job[] = []
  let from: Item | undefined
  do {
    const answer = await deps.client.send(
      new QueryCommand({
        ...newestQuery(deps.tableName, template, wanted),
        ...(from ? { ExclusiveStartKey: from } : {}),
      }),
    )
    jobs.push(...(answer.Items ?? []).map((item) => decode<Job>(item)))
    from = answer.LastEvaluatedKey
  } while (from && jobs.length <= wanted.limit)
  return jobs.slice(0, wanted.limit + 1)
}

function newestQuery(TableName: string, template: string, { state, before }: Wanted) {
  const range = before === null ? '' : ' AND #key < :before'
  return {
    TableName,
    IndexName: 'by_template',
    ScanIndexForward: false,
    KeyConditionExpression: `#template = :template${range}`,
    ...(state ? { FilterExpression: '#state = :state' } : {}),
    ExpressionAttributeNames: {
      '#template': 'template',
      ...(before === null ? {} : { '#key': 'list_key' }),
      ...(state ? { '#state': 'state' } : {}),
    },
    ExpressionAttributeValues: {
      ':template': { S: template },
      ...(before === null ? {} : { ':before': { S: before } }),
      ...(state ? { ':state': { S: state } } : {}),
    },
  }
}

const encodeToken = (key: string): string => Buffer.from(key).toString('base64url')

function decodeToken(token: string): string {
  const key = Buffer.from(token, 'base64url').toString()
  if (/^\d{4}-\d\d-\d\dT[\d:.]+Z#[A-Za-z0-9_-]{1,80}$/.test(key)) return key
  const detail = 'is not a token that this list gave: leave it out to start anew'
  throw new RequestInvalidError(`next_token ${detail}`, [{ pointer: '/next_token', detail }])
}
