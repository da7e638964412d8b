import { ListObjectsV2Command } from '@aws-sdk/client-s3'
import type { Migration, Store } from './migration.ts'
import { send } from './send.ts'

/** Whether both stores of a migration answer the cheapest call that every step may make. */
export async function storesAnswer(
  { source, destination }: Migration,
  signal: AbortSignal,
): Promise<boolean> {
  const answers = await Promise.all([source, destination].map((store) => storeAnswers(store, signal)))
  return answers.every(Boolean)
}

/** The same of one store. */
export async function storeAnswers({ client, bucket, prefix }: Store, signal: AbortSignal): Promise<boolean> {
  const list = new ListObjectsV2Command({ Bucket: bucket, Prefix: prefix, MaxKeys: 1 })
  try {
    await send(client, list, signal)
    return true
  } catch {
    signal.throwIfAborted()
    return false
  }
}
