import type { QueryCommandInput } from '@aws-sdk/client-dynamodb'
import type { Job, Time } from '#core/job/job.ts'
import type { JobIndex, NewestQuery } from '#engine/ports.ts'
import { decode } from './codec.ts'
import { ACTIVE, INDEX } from './keys.ts'
import { queryAll, type TableAccess } from './records.ts'

export class TableJobIndex implements JobIndex {
  private readonly table: TableAccess

  constructor(table: TableAccess) {
    this.table = table
  }

  async newest(query: NewestQuery): Promise<Job[]> {
    const found = await this.query(newestQuery(query), query.limit)
    return found.slice(0, query.limit)
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

  private async query(query: Partial<QueryCommandInput>, enough?: number): Promise<Job[]> {
    const items = await queryAll(this.table, query, enough)
    return items.map((item) => decode<Job>(item))
  }
}

function newestQuery({ template, state, before }: NewestQuery): Partial<QueryCommandInput> {
  return {
    IndexName: INDEX.byTemplate,
    ScanIndexForward: false,
    KeyConditionExpression: `#template = :template${before === undefined ? '' : ' AND #key < :before'}`,
    ...(state ? { FilterExpression: '#state = :state' } : {}),
    ExpressionAttributeNames: {
      '#template': 'template',
      ...(before === undefined ? {} : { '#key': 'list_key' }),
      ...(state ? { '#state': 'state' } : {}),
    },
    ExpressionAttributeValues: {
      ':template': { S: template },
      ...(before === undefined ? {} : { ':before': { S: before } }),
      ...(state ? { ':state': { S: state } } : {}),
    },
  }
}
