import { setTimeout as sleep } from 'node:timers/promises'
import type { Store } from '../store/migration.ts'
import { abortUpload, arrivedParts, type Upload } from './uploads.ts'

/** Eight tries with doubling pauses take about 13 s. */
const TRIES = 8
const FIRST_PAUSE_MS = 100

/**
 * Aborts uploads until nothing of them is left: AbortMultipartUpload frees the parts that are there,
 * not one that arrives later.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/API_AbortMultipartUpload.html
 */
export async function closeUploads(store: Store, uploads: Upload[], signal: AbortSignal): Promise<void> {
  let left = uploads
  let last: unknown
  for (let attempt = 0; left.length > 0 && attempt < TRIES; attempt += 1) {
    if (attempt > 0) await sleep(FIRST_PAUSE_MS * 2 ** (attempt - 1), undefined, { signal })
    const tried = await Promise.allSettled(left.map((upload) => closed(store, upload, signal)))
    signal.throwIfAborted()
    last = tried.find((one) => one.status === 'rejected')?.reason
    left = left.filter((_, i) => !isDone(tried[i]!))
  }
  if (left.length === 0) return
  const names = left.slice(0, 3).map(({ key, id }) => `${key} (${id})`)
  throw new Error(
    `${left.length} multipart uploads in ${store.bucket} could not be aborted: ${names.join(', ')}`,
    { cause: last },
  )
}

const isDone = (one: PromiseSettledResult<boolean>): boolean => one.status === 'fulfilled' && one.value

async function closed(store: Store, upload: Upload, signal: AbortSignal): Promise<boolean> {
  await abortUpload(store, upload, signal)
  const parts = await arrivedParts(store, upload, signal)
  return parts === null || parts.length === 0
}
