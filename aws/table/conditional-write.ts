import { randomUUID } from 'node:crypto'
import {
  ConditionalCheckFailedException,
  type DynamoDBClient,
  UpdateItemCommand,
  type UpdateItemCommandInput,
} from '@aws-sdk/client-dynamodb'
import type { Written } from '#engine/apply.ts'
import { isExpired } from './expiry.ts'
import { type Item, type ItemKey, marshalledKey } from './keys.ts'

/** Of one item; `from` is undefined where it is created. */
export type ItemChange = { key: ItemKey; from: Item | undefined; to: Item }

/**
 * Writes the attributes in which `to` differs from `from`, on condition that the item still has `from`'s
 * version (or is still absent). No write replaces a whole item, but that of one which has expired.
 *
 * The SDK retries a request whose reply was lost, and the retry then fails on our own write: `write_id`
 * tells that from another's write.
 */
export async function conditionalWrite(
  client: DynamoDBClient,
  table: string,
  { key, from, to }: ItemChange,
): Promise<Written<Item>> {
  const writeId = randomUUID()
  const command = update(from, { ...to, write_id: { S: writeId } })
  try {
    await client.send(new UpdateItemCommand({ TableName: table, Key: marshalledKey(key), ...command }))
    return { kind: 'written' }
  } catch (error) {
    if (!(error instanceof ConditionalCheckFailedException)) throw error
    const { Item: current } = error
    if (current?.write_id?.S === writeId) return { kind: 'written' }
    if (!current || !isExpired(current)) return { kind: 'lost', current }
    return from
      ? { kind: 'lost', current: undefined }
      : conditionalWrite(client, table, { key, from: current, to })
  }
}

type Update = Omit<UpdateItemCommandInput, 'TableName' | 'Key'>

const isKey = (name: string): boolean => name === 'pk' || name === 'sk'

function update(from: Item | undefined, to: Item): Update {
  const before = from ?? {}
  const set = Object.keys(to).filter((name) => !isKey(name) && !alike(before[name], to[name]))
  const gone = Object.keys(before).filter((name) => !isKey(name) && !(name in to))
  const names = new Map([...set, ...gone, 'version', 'pk'].map((name, i) => [name, `#n${i}`]))
  const values = Object.fromEntries(set.map((name) => [`:${names.get(name)?.slice(1)}`, to[name]!]))
  const remove = gone.length > 0 ? ` REMOVE ${gone.map((name) => names.get(name)).join(', ')}` : ''
  const guards = from ? guardsOf(from) : { '#pk': 'pk' }
  const used = [...set, ...gone].map((name) => [names.get(name), name])
  return {
    UpdateExpression: `SET ${set.map((name) => `${names.get(name)} = :${names.get(name)?.slice(1)}`).join(', ')}${remove}`,
    ConditionExpression: from
      ? Object.keys(guards)
          .map((name) => `${name} = :${name.slice(1)}`)
          .join(' AND ')
      : 'attribute_not_exists(#pk)',
    ExpressionAttributeNames: { ...Object.fromEntries(used), ...guards },
    ExpressionAttributeValues: { ...values, ...expectedOf(from) },
    ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
  }
}

/** One that has expired may be of the same version as the one that takes its place. */
const guardsOf = (from: Item): Record<string, string> => ({
  '#version': 'version',
  ...(from.write_id ? { '#write_id': 'write_id' } : {}),
})

const expectedOf = (from: Item | undefined): Item =>
  from ? { ':version': from.version!, ...(from.write_id ? { ':write_id': from.write_id } : {}) } : {}

const alike = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b)
