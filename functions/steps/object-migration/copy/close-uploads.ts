import { setTimeout as sleep } from 'node:timers/promises'
import type { Store } from '../store/migration.ts'
import { abortUpload, arrivedParts, type Upload } from './uploads.ts'

/** Eight tries with doubling pauses take about 13 s. */
const TRIES = 8
const FIRST_PAUSE_MS = 100

/**
 * Aborts uploads again and again until nothing of them is left, because AbortMultipartUpload frees the parts
 * that have arrived but not one that arrives later.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/API_AbortMultipartUpload.html
 */
export async function closeUploads(store: Store, uploads: Upload[], signal: AbortSignal): Promise<void> {
  let left = uploads
  let lastError: unknown
  for (let round = 0; left.length > 0 && round < TRIES; round += 1) {
    if (round > 0) await sleep(FIRST_PAUSE_MS * 2 ** (round - 1), undefined, { signal })
    const outcomes = await Promise.allSettled(left.map((upload) => close(store, upload, signal)))
    signal.throwIfAborted()
    lastError = outcomes.find((outcome) => outcome.status === 'rejected')?.reason
    left = left.filter((_, i) => !isClosed(outcomes[i]!))
  }
  if (left.length === 0) return
  const names = left.slice(0, 3).map(({ key, id }) => `${key} (${id})`)
  throw new Error(
    `${left.length} multipart uploads in ${store.bucket} could not be aborted: ${names.join(', ')}`,
    { cause: lastError },
  )
}

const isClosed = (outcome: PromiseSettledResult<boolean>): boolean =>
  outcome.status === 'fulfilled' && outcome.value

/** Whether nothing of the upload was left after aborting it. */
async function close(store: Store, upload: Upload, signal: AbortSignal): Promise<boolean> {
  await abortUpload(store, upload, signal)
  const parts = await arrivedParts(store, upload, signal)
  return parts === null || parts.length === 0
}
