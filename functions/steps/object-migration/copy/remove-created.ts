import { DeleteObjectsCommand } from '@aws-sdk/client-s3'
import { findObjects } from '../store/find-objects.ts'
import { paths } from '../store/job-folder.ts'
import { send } from '../store/send.ts'
import type { BatchResult } from './copy-batch.ts'
import type { HookRun } from './hook-run.ts'
import { type Entry, readEntries } from './ledger.ts'
import { isOwnCopy } from './own-copy.ts'

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteObjects.html */
const MAX_DELETES = 1000

/** An object that a rollback leaves at the destination. */
type RetainedObject = { key: string; reason: 'existed before' | 'changed since' | 'no longer at the source' }

/** Rolls a batch back: removes the objects that this job created, and reports which stay. */
export async function removeCreated(run: HookRun): Promise<void> {
  const { migration, batch, tools } = run
  const { own, retained } = await findCreated(run)
  const gone = await goneFromSource(run, own)
  const removable = own.filter((i) => !gone.has(i)).map((i) => batch.targets[i]!)
  await removeObjects(run, removable)
  for (const i of gone) retained.push({ key: batch.targets[i]!, reason: 'no longer at the source' })
  const report = { removed: removable.length, kept: retained }
  await migration.folder.write(paths.reverted(batch.number), report, tools.signal)
}

/** Of `own`, what has gone or changed at the source: its copy may be the last one, and is never removed. */
async function goneFromSource({ migration, batch, tools }: HookRun, own: number[]): Promise<Set<number>> {
  const keys = own.map((i) => batch.objects[i]!.key)
  const found = await findObjects(migration.source, keys, tools.signal)
  return new Set(own.filter((i) => found.get(batch.objects[i]!.key)?.etag !== batch.objects[i]!.etag))
}

/** Which objects this job wrote, by their place in the manifest, and which are others'. */
async function findCreated(run: HookRun): Promise<{ own: number[]; retained: RetainedObject[] }> {
  const { migration, batch, baseline, tools } = run
  const recorded = new Map((await recordedEntries(run)).map(([i, etag]) => [i, etag]))
  const found = await findObjects(migration.destination, batch.targets.filter(Boolean), tools.signal)
  const retained: RetainedObject[] = []
  const own: number[] = []
  for (const [i, key] of batch.targets.entries()) {
    const stored = found.get(key)
    // An object that is recorded as failed was not written by this job.
    if (!stored || recorded.get(i) === null) continue
    const copy = { listed: batch.objects[i]!, stored, recordedEtag: recorded.get(i) ?? undefined }
    if (baseline.existed.includes(i)) retained.push({ key, reason: 'existed before' })
    else if (isOwnCopy(copy, migration.transfer)) own.push(i)
    else retained.push({ key, reason: 'changed since' })
  }
  return { own, retained }
}

async function recordedEntries({ migration, batch, tools }: HookRun): Promise<Entry[]> {
  const result = await migration.folder.find<BatchResult>(paths.result(batch.number), tools.signal)
  if (result) return result.entries
  if (!tools.checkpoint) return []
  return readEntries(migration, { batch: batch.number, state: tools.checkpoint }, tools.signal)
}

async function removeObjects({ migration, tools }: HookRun, keys: string[]): Promise<void> {
  const { client, bucket } = migration.destination
  for (let start = 0; start < keys.length; start += MAX_DELETES) {
    const Objects = keys.slice(start, start + MAX_DELETES).map((Key) => ({ Key }))
    const command = new DeleteObjectsCommand({ Bucket: bucket, Delete: { Objects, Quiet: true } })
    const { Errors = [] } = await send(client, command, tools.signal)
    if (Errors[0]) {
      throw new Error(
        `${Errors.length} objects could not be removed, such as ${Errors[0].Key}: ${Errors[0].Message}`,
      )
    }
    // Saving the checkpoint again renews the lease; the next attempt sees for itself what has gone.
    if (tools.checkpoint) await tools.save(tools.checkpoint)
  }
}
