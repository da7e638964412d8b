import type { QueryCommandInput } from '@aws-sdk/client-dynamodb'
import type { Job, Time } from '#core/job/job.ts'
import type { ActiveQuery, JobIndex, NewestQuery, Page } from '#engine/ports.ts'
import { decode } from './codec.ts'
import { latestJobs, newestJobs } from './job-lists.ts'
import { ACTIVE, INDEX } from './keys.ts'
import { queryAll, type TableAccess } from './records.ts'

export class TableJobIndex implements JobIndex {
  private readonly table: TableAccess

  constructor(table: TableAccess) {
    this.table = table
  }

  newest(query: NewestQuery): Promise<Page<Job>> {
    return newestJobs(this.table, query)
  }

  latest(query: ActiveQuery): Promise<Page<Job>> {
    return latestJobs(this.table, query)
  }

  active(): Promise<Job[]> {
    return this.query({
      IndexName: INDEX.active,
      KeyConditionExpression: '#active = :going',
      ExpressionAttributeNames: { '#active': 'active' },
      ExpressionAttributeValues: { ':going': { S: ACTIVE.going } },
    })
  }

  ended(before: Time): Promise<Job[]> {
    return this.query({
      IndexName: INDEX.active,
      KeyConditionExpression: '#active = :ended AND #updated < :before',
      ExpressionAttributeNames: { '#active': 'active', '#updated': 'updated_at' },
      ExpressionAttributeValues: { ':ended': { S: ACTIVE.ended }, ':before': { S: before } },
    })
  }

  private async query(query: Partial<QueryCommandInput>): Promise<Job[]> {
    const items = await queryAll(this.table, query)
    return items.map((item) => decode<Job>(item))
  }
}
