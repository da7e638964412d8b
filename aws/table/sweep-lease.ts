import { ConditionalCheckFailedException, UpdateItemCommand } from '@aws-sdk/client-dynamodb'
import type { SweepLease, SweepTurn } from '#engine/ports.ts'
import { marshalledKey, SWEEP_LEASE_KEY } from './keys.ts'
import type { TableAccess } from './records.ts'

const NAMES = { '#owner': 'owner', '#until': 'lease_until' }

/** A record in the table: a new account can reserve no concurrency, which would do the same. */
export class TableSweepLease implements SweepLease {
  private readonly table: TableAccess

  constructor(table: TableAccess) {
    this.table = table
  }

  take({ owner, at, until }: SweepTurn): Promise<boolean> {
    return this.update({
      UpdateExpression: 'SET #owner = :owner, #until = :until',
      ConditionExpression: 'attribute_not_exists(#until) OR #until <= :at OR #owner = :owner',
      ExpressionAttributeValues: { ':owner': { S: owner }, ':until': { S: until }, ':at': { S: at } },
    })
  }

  async release(owner: string): Promise<void> {
    await this.update({
      UpdateExpression: 'REMOVE #owner, #until',
      ConditionExpression: '#owner = :owner',
      ExpressionAttributeValues: { ':owner': { S: owner } },
    })
  }

  /** False where the condition did not hold. */
  private async update(change: Pick<UpdateItemCommand['input'], Changing>): Promise<boolean> {
    const { client, tableName } = this.table
    const place = { TableName: tableName, Key: marshalledKey(SWEEP_LEASE_KEY) }
    try {
      await client.send(new UpdateItemCommand({ ...place, ExpressionAttributeNames: NAMES, ...change }))
      return true
    } catch (error) {
      if (error instanceof ConditionalCheckFailedException) return false
      throw error
    }
  }
}

type Changing = 'UpdateExpression' | 'ConditionExpression' | 'ExpressionAttributeValues'
