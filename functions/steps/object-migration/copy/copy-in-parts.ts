import type { BatchObject } from '../batch/batch.ts'
import { inParallel } from '../batch/in-parallel.ts'
import { isNoSuchUpload, isNotFound, ObjectError } from '../store/faults.ts'
import type { StoreError } from '../store/store-error.ts'
import { type BatchRun, safePoint } from './batch-run.ts'
import { beginUpload } from './begin-upload.ts'
import { completeUpload } from './complete-upload.ts'
import { copyPart } from './copy-part.ts'
import { partsOf } from './parts.ts'

const PARTS_AT_ONCE = 4

/** How often an object is begun anew in one attempt, because its upload has vanished. */
const TIMES = 3

/**
 * Copies an object in parts, with a safe point after each, and answers the ETag that it got. An upload may
 * vanish on the way, for instance by a lifecycle rule: then it is begun anew.
 */
export async function copyInParts(run: BatchRun, object: BatchObject, signal: AbortSignal): Promise<string> {
  for (let time = 1; time <= TIMES; time += 1) {
    try {
      return await copyOnce(run, object, signal)
    } catch (error) {
      if (signal.aborted || !hasVanished(error)) throw error
      forget(run, object)
    }
  }
  throw new ObjectError('refused', `its multipart upload vanished ${TIMES} times before it was complete`)
}

async function copyOnce(run: BatchRun, object: BatchObject, signal: AbortSignal): Promise<string> {
  const parts = partsOf(object.listed.size, run.migration.transfer)
  const upload = run.uploads.get(object.i) ?? (await beginUpload(run, object, signal))
  const missing = parts.filter(({ number }) => !upload.parts.has(number))
  await inParallel(missing, { limit: PARTS_AT_ONCE, signal }, async (part, inner) => {
    const etag = await copyPart(run, { object, part, uploadId: upload.id }, inner)
    upload.parts.set(part.number, etag)
    run.bytes.done += part.size
    await safePoint(run)
  })
  const etag = await completeUpload(run, { object, upload, parts }, signal)
  run.uploads.delete(object.i)
  run.openings.ended(object.i)
  return etag
}

/** A copy of a part also answers 404 where its source is gone. */
function hasVanished(error: unknown): boolean {
  if (isNoSuchUpload(error)) return true
  const ofUpload = ['UploadPart', 'CompleteMultipartUpload']
  return isNotFound(error) && ofUpload.includes((error as StoreError).call)
}

/** What was copied of the object is gone, and no longer counts. */
export function forget({ uploads, openings, bytes, migration }: BatchRun, { i, listed }: BatchObject): void {
  const upload = uploads.get(i)
  if (!upload) return
  const copied = partsOf(listed.size, migration.transfer).filter(({ number }) => upload.parts.has(number))
  bytes.done -= copied.reduce((sum, { size }) => sum + size, 0)
  uploads.delete(i)
  openings.ended(i)
}
