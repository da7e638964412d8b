import type { DynamoDb, Json } from './dynamodb-client.ts'

export type StreamRecord = { eventName: string; dynamodb: Json & { SequenceNumber: string } } & Json

type Shard = { ShardId: string }
type Page = { Records: StreamRecord[]; NextShardIterator?: string }

/** Reads one table's stream, shard by shard, from where the caller says. */
export class StreamReader {
  readonly #dynamodb: DynamoDb
  readonly #tableName: string
  readonly #iterators = new Map<string, string>()
  #arn: string | undefined

  constructor(dynamodb: DynamoDb, tableName: string) {
    this.#dynamodb = dynamodb
    this.#tableName = tableName
  }

  /** Parents come before their children. */
  async shards(): Promise<string[]> {
    const answer = await this.#dynamodb.streams<{ StreamDescription: { Shards?: Shard[] } }>(
      'DescribeStream',
      {
        StreamArn: await this.#streamArn(),
      },
    )
    return (answer.StreamDescription.Shards ?? []).map(({ ShardId }) => ShardId)
  }

  /** The next records of a shard; goes on by itself until `forget`. */
  async read(shardId: string, from: { after?: string; limit: number }): Promise<Page> {
    const ShardIterator = this.#iterators.get(shardId) ?? (await this.#iteratorAt(shardId, from.after))
    const page = await this.#dynamodb.streams<Page>('GetRecords', { ShardIterator, Limit: from.limit })
    if (page.NextShardIterator) this.#iterators.set(shardId, page.NextShardIterator)
    return page
  }

  /** The next read starts from its `after` again. */
  forget(): void {
    this.#iterators.clear()
    this.#arn = undefined
  }

  // Table and mapping begin together, so the oldest record is the start, also where the template says LATEST:
  // a kill before the first position is written then loses nothing.
  async #iteratorAt(ShardId: string, after: string | undefined): Promise<string> {
    const { ShardIterator } = await this.#dynamodb.streams<{ ShardIterator: string }>('GetShardIterator', {
      StreamArn: await this.#streamArn(),
      ShardId,
      ...(after === undefined
        ? { ShardIteratorType: 'TRIM_HORIZON' }
        : { ShardIteratorType: 'AFTER_SEQUENCE_NUMBER', SequenceNumber: after }),
    })
    return ShardIterator
  }

  async #streamArn(): Promise<string> {
    if (this.#arn) return this.#arn
    const { Table } = await this.#dynamodb.call<{ Table: { LatestStreamArn?: string } }>('DescribeTable', {
      TableName: this.#tableName,
    })
    if (!Table.LatestStreamArn)
      throw new Error(`table ${this.#tableName} has no stream; enable it in the template`)
    this.#arn = Table.LatestStreamArn
    return this.#arn
  }
}
