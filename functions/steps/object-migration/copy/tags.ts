import { GetObjectTaggingCommand } from '@aws-sdk/client-s3'
import { isLacking, isNotFound } from '../store/faults.ts'
import type { Store } from '../store/migration.ts'
import { send } from '../store/send.ts'

/**
 * The tags as the header `x-amz-tagging`. A store that says no count has not said zero: a missing right, or a
 * gateway in between, leaves it out. So the tags are asked for, and an object whose tags cannot be read is not copied.
 */
export async function tagsToCopy(
  { client, bucket, lacks }: Store,
  { key, count }: { key: string; count: number | undefined },
  signal: AbortSignal,
): Promise<string | undefined> {
  if (count === 0 || (count === undefined && lacks.has('tagging'))) return undefined
  const command = new GetObjectTaggingCommand({ Bucket: bucket, Key: key })
  try {
    const { TagSet = [] } = await send(client, command, signal)
    const pairs = TagSet.map(({ Key = '', Value = '' }) => [Key, Value])
    return pairs.length > 0 ? new URLSearchParams(pairs).toString() : undefined
  } catch (error) {
    // NoSuchTagSet; an object that has gone is found gone by the call that reads it
    if (isNotFound(error)) return undefined
    // an object that is said to have tags would lose them
    if (!isLacking(error) || count !== undefined) throw error
    await lacks.tell('tagging', (error as Error).message, signal)
    return undefined
  }
}
