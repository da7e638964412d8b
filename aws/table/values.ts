import { ConditionalCheckFailedException, UpdateItemCommand } from '@aws-sdk/client-dynamodb'
import { bytesOf, type JsonText, type ValueRef } from '#core/value.ts'
import type { NewValue, Values } from '#engine/ports.ts'
import { marshalledKey, valueExpiry, valueKey } from './keys.ts'
import { getItem, type TableAccess } from './records.ts'

/** The values above what a job's or step's own item has room for, an item each: no query of steps reads them. */
export class TableValues implements Values {
  private readonly table: TableAccess
  private last: { key: string; text: JsonText } | undefined

  constructor(table: TableAccess) {
    this.table = table
  }

  async put(jobId: string, { place, write, text }: NewValue): Promise<ValueRef> {
    const { client, tableName, retentionDays } = this.table
    const expires_at = valueExpiry(Date.now(), retentionDays)
    const update = new UpdateItemCommand({
      TableName: tableName,
      Key: marshalledKey(valueKey(jobId, place)),
      UpdateExpression: 'SET #text = :text, #write = :write, #expires = :expires',
      // The same write again, as that of an input, is to be there as long as who refers to it now.
      ConditionExpression:
        'attribute_not_exists(#write) OR #write < :write OR (#write = :write AND #expires < :expires)',
      ExpressionAttributeNames: { '#text': 'text', '#write': 'write', '#expires': 'expires_at' },
      ExpressionAttributeValues: {
        ':text': { S: text },
        ':write': { N: String(write) },
        ':expires': { N: String(expires_at) },
      },
    })
    await client.send(update).catch(unlessWritten)
    return { place, write, bytes: bytesOf(text), expires_at }
  }

  /** Children of a Map run in one environment after another, and have the same job's input. */
  async get(jobId: string, { place, write }: ValueRef): Promise<JsonText> {
    const key = `${jobId}\n${place}\n${write}`
    if (this.last?.key === key) return this.last.text
    const item = await getItem(this.table, valueKey(jobId, place), { consistent: true })
    const text = item?.write?.N === String(write) ? item.text?.S : undefined
    if (text === undefined) {
      throw new Error(`the value ${place} of the job ${jobId} is ${item ? 'another' : 'gone'}`)
    }
    this.last = { key, text: text as JsonText }
    return text as JsonText
  }
}

/** The place is its writer's alone: what stands there already is this write, whose reply was lost, or a later one. */
function unlessWritten(error: unknown): void {
  if (!(error instanceof ConditionalCheckFailedException)) throw error
}
