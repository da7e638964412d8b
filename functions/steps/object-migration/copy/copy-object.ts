import type { BatchObject } from '../batch/batch.ts'
import { ObjectError, type ObjectFault } from '../store/faults.ts'
import { MAX_KEY_BYTES } from '../store/keys.ts'
import { type BatchRun, safePoint } from './batch-run.ts'
import { closeUploads } from './close-uploads.ts'
import { copyInParts, forget } from './copy-in-parts.ts'
import { copyWhole } from './copy-whole.ts'

/** Copies one object of the batch and puts it into the ledger. */
export async function copyObject(run: BatchRun, object: BatchObject, signal: AbortSignal): Promise<void> {
  checkKey(object)
  // an upload under way is gone on with, whatever the object's size
  const isLarge = object.listed.size > run.migration.transfer.threshold || run.uploads.has(object.i)
  const whole = isLarge ? null : await copySmall(run, object, signal)
  const etag = whole ?? (await copyInParts(run, object, signal))
  await run.ledger.copied(object.i, etag)
  await safePoint(run)
}

async function copySmall(run: BatchRun, object: BatchObject, signal: AbortSignal): Promise<string | null> {
  const etag = await copyWhole(run, object, signal)
  if (etag !== null) run.bytes.done += object.listed.size
  return etag
}

function checkKey({ listed, target }: BatchObject): void {
  if (listed.fault) throw new ObjectError(listed.fault.reason, listed.fault.message)
  const bytes = Buffer.byteLength(target)
  if (bytes === 0) throw new ObjectError('no-key', 'nothing of the key is left')
  if (bytes <= MAX_KEY_BYTES) return
  const message = `the destination's key would have ${bytes} bytes, at most ${MAX_KEY_BYTES} are possible`
  throw new ObjectError('key-too-long', message)
}

/** Counts the object as failed and frees the parts that were copied of it. */
export async function giveUp(
  run: BatchRun,
  { object, fault }: { object: BatchObject; fault: ObjectFault },
  signal: AbortSignal,
): Promise<void> {
  const { migration, uploads } = run
  const { i, listed, target } = object
  const upload = uploads.get(i)
  if (upload) await closeUploads(migration.destination, [{ key: target, id: upload.id }], signal)
  forget(run, object)
  run.bytes.done += listed.size
  await run.ledger.failed(i, fault)
  await safePoint(run)
}
