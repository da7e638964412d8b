import type { QueryCommandInput } from '@aws-sdk/client-dynamodb'
import type { Job } from '#core/job/job.ts'
import type { ActiveQuery, JobFilter, NewestQuery, Page } from '#engine/ports.ts'
import { decode } from './codec.ts'
import { ACTIVE, INDEX, type Item } from './keys.ts'
import { latestPlaces, newestPlaces, queryPage } from './pages.ts'
import type { TableAccess } from './records.ts'

const jobsOf = ({ items, next }: Page<Item>): Page<Job> => ({
  items: items.map((item) => decode<Job>(item)),
  next,
})

/** A template's jobs, newest first. */
export async function newestJobs(table: TableAccess, query: NewestQuery): Promise<Page<Job>> {
  const { template, after, limit, ...filter } = query
  const of = { ...queryOf('template', template, filter), IndexName: INDEX.byTemplate }
  return jobsOf(await queryPage(table, { query: of, after, limit, ...newestPlaces(template) }))
}

/** The jobs that have not ended, the one written last first. */
export async function latestJobs(table: TableAccess, query: ActiveQuery): Promise<Page<Job>> {
  const { after, limit, ...filter } = query
  const of = { ...queryOf('active', ACTIVE.going, filter), IndexName: INDEX.active }
  return jobsOf(await queryPage(table, { query: of, after, limit, ...latestPlaces }))
}

function queryOf(partition: string, value: string, filter: JobFilter): Partial<QueryCommandInput> {
  const wanted = Object.entries(filter).filter(([, wish]) => wish !== undefined)
  const equal = wanted.map(([name]) => `#${name} = :${name}`)
  const names = wanted.map(([name]) => [`#${name}`, name])
  const values = wanted.map(([name, wish]) => [`:${name}`, { S: wish }])
  return {
    ScanIndexForward: false,
    KeyConditionExpression: '#partition = :partition',
    ...(equal.length > 0 ? { FilterExpression: equal.join(' AND ') } : {}),
    ExpressionAttributeNames: { '#partition': partition, ...Object.fromEntries(names) },
    ExpressionAttributeValues: { ':partition': { S: value }, ...Object.fromEntries(values) },
  }
}
