import { setTimeout as sleep } from 'node:timers/promises'
import { settledFew } from '../batch/in-parallel.ts'
import { isTransient } from '../store/faults.ts'
import type { Store } from '../store/migration.ts'
import { shownKey } from '../store/store-error.ts'
import { abortUpload, arrivedParts, openUploads, type Upload } from './uploads.ts'

/** Eight tries with doubling pauses take about 13 s. */
const TRIES = 8
const FIRST_PAUSE_MS = 100

/** After so many tries only the list of open uploads is believed: some stores list the parts of ended ones. */
const TRIES_BY_PARTS = 2

/**
 * Aborts uploads again and again until nothing of them is left, because AbortMultipartUpload frees the parts
 * that have arrived but not one that arrives later. One that cannot be aborted stops no other.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/API_AbortMultipartUpload.html
 */
export async function closeUploads(store: Store, uploads: Upload[], signal: AbortSignal): Promise<void> {
  const refused: Failure[] = []
  let left: Failure[] = uploads.map((upload) => ({ upload, error: undefined }))
  for (let round = 0; left.length > 0 && round < TRIES; round += 1) {
    if (round > 0) await sleep(FIRST_PAUSE_MS * 2 ** (round - 1), undefined, { signal })
    const outcomes = await settledFew(left, ({ upload }) => close(store, { upload, round }, signal))
    signal.throwIfAborted()
    const failed = left.flatMap(({ upload }, i) => failureOf(upload, outcomes[i]!))
    refused.push(...failed.filter(({ error }) => error !== undefined && !isTransient(error)))
    left = failed.filter((failure) => !refused.includes(failure))
  }
  if (left.length + refused.length > 0) throw notClosed(store, [...refused, ...left])
}

/** Without an error the upload was aborted, but parts of it are there. */
type Failure = { upload: Upload; error: unknown }

function failureOf(upload: Upload, outcome: PromiseSettledResult<boolean>): Failure[] {
  if (outcome.status === 'rejected') return [{ upload, error: outcome.reason }]
  return outcome.value ? [] : [{ upload, error: undefined }]
}

/** Whether nothing of the upload was left after aborting it. */
async function close(
  store: Store,
  { upload, round }: { upload: Upload; round: number },
  signal: AbortSignal,
): Promise<boolean> {
  if (!(await abortUpload(store, upload, signal))) return true
  const parts = await arrivedParts(store, upload, signal)
  if (parts === null || parts.length === 0) return true
  if (round < TRIES_BY_PARTS) return false
  const open = await openUploads(store, upload.key, signal)
  return open !== null && !open.some(({ id }) => id === upload.id)
}

/** An outage stays one, so that a later attempt tries again. */
function notClosed({ bucket }: Store, failures: Failure[]): unknown {
  const passing = failures.find(({ error }) => isTransient(error))
  if (passing) return passing.error
  const told = failures.slice(0, 3).map(({ upload: { key, id }, error }) => {
    const why = error instanceof Error ? error.message : 'parts of it keep arriving'
    return `${shownKey(key)} (${id}): ${why}`
  })
  const message = `${failures.length} multipart uploads in ${bucket} could not be aborted: ${told.join('; ')}`
  return new Error(message, { cause: failures[0]?.error })
}
