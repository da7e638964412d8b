import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import {
  ConditionalCheckFailedException,
  QueryCommand,
  TransactionCanceledException,
  TransactWriteItemsCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb'
import type { DoorRecord, DoorRecords, RecordChange, RecordKey } from '#engine/door-records.ts'
import type { Page, PageQuery } from '#engine/ports.ts'
import { doorKeyOf, doorRecordKey, type Item, marshalledKey } from './keys.ts'
import { getItem, type TableAccess } from './records.ts'

/** An ended record is kept for so long, so that its version goes on where the same id is used again. */
const ENDED_SECONDS = 86_400
const TRIES = 6

export class TableDoorRecords implements DoorRecords {
  private readonly table: TableAccess

  constructor(table: TableAccess) {
    this.table = table
  }

  async get<Value>(key: RecordKey): Promise<DoorRecord<Value> | undefined> {
    return recordOf<Value>(key, await getItem(this.table, doorRecordKey(key), { consistent: true }))
  }

  /** The SDK gives each call a token of its own, by which DynamoDB knows the retry of a call that it has carried out. */
  async write(changes: RecordChange[]): Promise<boolean> {
    const { client, tableName } = this.table
    const TransactItems = changes.map((change) => ({ Update: { TableName: tableName, ...update(change) } }))
    for (let tries = 1; ; tries += 1) {
      try {
        await client.send(new TransactWriteItemsCommand({ TransactItems }))
        return true
      } catch (error) {
        if (!(error instanceof TransactionCanceledException)) throw error
        const codes = (error.CancellationReasons ?? []).map(({ Code }) => Code)
        if (codes.includes('ConditionalCheckFailed')) return false
        // Another's transaction holds one of them, or the table is throttled.
        if (tries === TRIES) throw error
        await sleep(2 ** tries * 10 * (0.5 + Math.random() / 2))
      }
    }
  }

  /** The SDK's retry of a call that was carried out fails on the call's own write, which `write_id` tells from another's. */
  async writeOne(change: RecordChange): Promise<boolean> {
    const { client, tableName: TableName } = this.table
    const writeId = randomUUID().slice(0, 8)
    try {
      await client.send(new UpdateItemCommand({ TableName, ...identified(update(change), writeId) }))
      return true
    } catch (error) {
      if (!(error instanceof ConditionalCheckFailedException)) throw error
      return error.Item?.write_id?.S === writeId
    }
  }

  /** Some of them: a page ends where its items have 1 MB. */
  async page<Value>(set: string, { after, limit }: PageQuery): Promise<Page<DoorRecord<Value>>> {
    const { client, tableName } = this.table
    const start =
      after === undefined ? {} : { ExclusiveStartKey: marshalledKey(doorRecordKey({ set, id: after })) }
    const { pk } = doorRecordKey({ set, id: '' })
    const answer = await client.send(
      new QueryCommand({
        TableName: tableName,
        ConsistentRead: true,
        KeyConditionExpression: 'pk = :pk',
        ExpressionAttributeValues: { ':pk': { S: pk } },
        Limit: limit,
        ...start,
      }),
    )
    const items = (answer.Items ?? []).flatMap(
      (item) => recordOf<Value>({ set, id: item.sk?.S ?? '' }, item) ?? [],
    )
    return { items, next: answer.LastEvaluatedKey?.sk?.S ?? null }
  }
}

function recordOf<Value>({ set, id }: RecordKey, item: Item | undefined): DoorRecord<Value> | undefined {
  const text = item?.json?.S
  if (text === undefined) return undefined
  return { set, id, version: Number(item?.version?.N), value: JSON.parse(text) }
}

/** A record of a door as the table's stream shows it; null where there was, or is, none. */
export type DoorChange = RecordKey & { before: unknown; after: unknown }

/** The change of a door's record; undefined where the item is none. */
export function doorChangeOf({ Keys = {}, OldImage, NewImage }: DoorImages): DoorChange | undefined {
  const key = doorKeyOf(Keys.pk?.S ?? '', Keys.sk?.S ?? '')
  if (!key) return undefined
  const valueIn = (item: Item | undefined): unknown => recordOf(key, item)?.value ?? null
  return { ...key, before: valueIn(OldImage), after: valueIn(NewImage) }
}

type DoorImages = { Keys?: Item; OldImage?: Item; NewImage?: Item }

const identified = (command: ReturnType<typeof update>, writeId: string) => ({
  ...command,
  UpdateExpression: command.UpdateExpression.replace(' SET ', ' SET #write = :write, '),
  ExpressionAttributeNames: { ...command.ExpressionAttributeNames, '#write': 'write_id' },
  ExpressionAttributeValues: { ...command.ExpressionAttributeValues, ':write': { S: writeId } },
  ReturnValuesOnConditionCheckFailure: 'ALL_OLD' as const,
})

function update(change: RecordChange) {
  const { from, to } = change
  const names = { '#version': 'version', '#json': 'json', '#expires': 'expires_at' }
  const one = { ':one': { N: '1' } }
  const expected = from === null ? {} : { ':from': { N: String(from) } }
  const gone = { ':expires': { N: String(Math.floor(Date.now() / 1000) + ENDED_SECONDS) } }
  const kept = { ':json': { S: JSON.stringify(to) } }
  return {
    Key: marshalledKey(doorRecordKey(change)),
    UpdateExpression:
      to === null
        ? 'ADD #version :one SET #expires = :expires REMOVE #json'
        : 'ADD #version :one SET #json = :json REMOVE #expires',
    ConditionExpression:
      from === null ? 'attribute_not_exists(#json)' : '#version = :from AND attribute_exists(#json)',
    ExpressionAttributeNames: names,
    ExpressionAttributeValues: { ...one, ...expected, ...(to === null ? gone : kept) },
  }
}
