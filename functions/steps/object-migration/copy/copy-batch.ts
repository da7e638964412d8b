import type { RunTools } from '#sdk/index.ts'
import { needBatch } from '../batch/batch.ts'
import { inParallel } from '../batch/in-parallel.ts'
import { attempt } from '../batch/named-errors.ts'
import type { Connections } from '../store/connections.ts'
import { type ObjectFault, objectFault } from '../store/faults.ts'
import { paths } from '../store/job-folder.ts'
import { MAX_KEY_BYTES } from '../store/keys.ts'
import { openMigration } from '../store/migration.ts'
import { ownUploads } from './baseline.ts'
import { type BatchRun, type CopyCheckpoint, safePoint } from './batch-run.ts'
import { closeUploads } from './close-uploads.ts'
import { copyInParts } from './copy-in-parts.ts'
import { copyWhole, type Item } from './copy-whole.ts'
import type { Entry } from './ledger.ts'
import { partsOf, singleCallLimit } from './parts.ts'
import { beginBatch } from './resume.ts'

export type CopyInput = { index?: number; item: number }
export type CopyResult = { objects: number; bytes: number; failed: number }

/** `results/<batch>.json`: what became of each object, by its place in the manifest. */
export type BatchResult = CopyResult & { entries: Entry[]; failures: CopyFailure[] }
export type CopyFailure = { key: string } & ObjectFault

/** Copies the objects of one batch. */
export function copyBatch(
  connections: Connections,
  { item }: CopyInput,
  tools: RunTools<CopyCheckpoint>,
): Promise<CopyResult> {
  return attempt(tools.signal, async () => {
    const migration = openMigration(connections, tools.job)
    const batch = await needBatch(migration, item, tools.signal)
    const run = await beginBatch(migration, batch, tools)
    const bounds = { limit: migration.options.concurrency, signal: tools.signal }
    await inParallel(pending(run), bounds, (next, signal) => copyObject(run, next, signal))
    return finish(run)
  })
}

/** Objects with an open upload first: so there are never more uploads than objects at once. */
function pending({ batch, ledger, uploads }: BatchRun): Item[] {
  const items = batch.objects.map((object, i) => ({ i, object, target: batch.targets[i]! }))
  return items
    .filter(({ i }) => !ledger.entries.has(i))
    .sort((a, b) => Number(uploads.has(b.i)) - Number(uploads.has(a.i)))
}

async function copyObject(run: BatchRun, item: Item, signal: AbortSignal): Promise<void> {
  const isLarge = item.object.size > singleCallLimit(run.migration.transfer)
  try {
    checkKey(item)
    const etag = await (isLarge ? copyInParts(run, item, signal) : copySmall(run, item, signal))
    await run.ledger.copied(item.i, etag)
  } catch (error) {
    const fault = error instanceof KeyFault ? error.fault : objectFault(error)
    if (!fault || signal.aborted) throw error
    await giveUp(run, { item, fault }, signal)
  }
  await safePoint(run)
}

async function copySmall(run: BatchRun, item: Item, signal: AbortSignal): Promise<string> {
  const copy = () => copyWhole(run.migration, item, signal)
  const etag = await (run.migration.transfer.serverSide ? copy() : run.budget.hold(item.object.size, copy))
  run.bytes.done += item.object.size
  return etag
}

class KeyFault extends Error {
  readonly fault: ObjectFault
  constructor(fault: ObjectFault) {
    super(fault.message)
    this.fault = fault
  }
}

function checkKey({ target }: Item): void {
  const bytes = Buffer.byteLength(target)
  if (bytes === 0) throw new KeyFault({ reason: 'no-key', message: 'nothing of the key is left' })
  if (bytes <= MAX_KEY_BYTES) return
  const message = `the destination's key would have ${bytes} bytes, at most ${MAX_KEY_BYTES} are possible`
  throw new KeyFault({ reason: 'key-too-long', message })
}

/** The object counts as failed; what was copied of it is removed. */
async function giveUp(
  run: BatchRun,
  { item, fault }: { item: Item; fault: ObjectFault },
  signal: AbortSignal,
) {
  const { migration, uploads, bytes } = run
  const upload = uploads.get(item.i)
  if (upload) {
    await closeUploads(migration.destination, [{ key: item.target, id: upload.id }], signal)
    const parts = partsOf(item.object.size, migration.transfer)
    const copied = parts.filter(({ number }) => upload.parts.has(number))
    bytes.done -= copied.reduce((sum, { size }) => sum + size, 0)
    uploads.delete(item.i)
  }
  bytes.done += item.object.size
  await run.ledger.failed(item.i, fault)
}

async function finish(run: BatchRun): Promise<CopyResult> {
  const { migration, batch, ledger, tools } = run
  // an upload whose answer was lost was created again by the SDK: the first one is still open
  await closeUploads(migration.destination, await ownUploads(migration, run, tools.signal), tools.signal)
  const entries = [...ledger.entries.values()].sort(([a], [b]) => a - b)
  const failures = entries.flatMap(([i, etag, reason, message]) =>
    etag === null ? [{ key: batch.objects[i]!.key, reason: reason!, message: message! }] : [],
  )
  const copied = entries.filter(([, etag]) => etag !== null)
  const bytes = copied.reduce((sum, [i]) => sum + batch.objects[i]!.size, 0)
  const result = { objects: copied.length, bytes, failed: failures.length }
  const report: BatchResult = { ...result, entries, failures }
  await migration.folder.write(paths.result(batch.number), report, tools.signal)
  return result
}
