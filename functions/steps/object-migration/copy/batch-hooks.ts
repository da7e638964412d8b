import { DeleteObjectsCommand } from '@aws-sdk/client-s3'
import type { HookTools } from '#sdk/index.ts'
import { type Batch, openBatch } from '../batch/batch.ts'
import { attempt } from '../batch/named-errors.ts'
import type { Connections } from '../store/connections.ts'
import { look } from '../store/find-objects.ts'
import { paths } from '../store/job-folder.ts'
import { type Migration, openMigration } from '../store/migration.ts'
import { findPlan, ownUploads, type Plan } from './baseline.ts'
import type { CopyCheckpoint } from './batch-run.ts'
import { closeUploads } from './close-uploads.ts'
import type { BatchResult, CopyResult } from './copy-batch.ts'
import { type Entry, readEntries } from './ledger.ts'
import { isOurs } from './own-copy.ts'

type Tools = HookTools<CopyCheckpoint, CopyResult>
type Cleaning = { migration: Migration; batch: Batch; plan: Plan; tools: Tools }

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteObjects.html */
const MAX_DELETES = 1000
/** Rounds of listing the uploads: a call that was in flight may still create one. */
const ROUNDS = 5

/** The `abort` hook: no upload of the batch stays open. Copied objects stay, unless the abort rolls back. */
export function abortBatch(connections: Connections, tools: Tools): Promise<void> {
  return attempt(tools.signal, async () => {
    const cleaning = await begin(connections, tools)
    if (!cleaning) return
    await closeAll(cleaning)
    if (tools.rollback) await removeCreated(cleaning)
  })
}

/** The `revert` hook: removes what this job created, and nothing else. */
export function revertBatch(connections: Connections, tools: Tools): Promise<void> {
  return attempt(tools.signal, async () => {
    const cleaning = await begin(connections, tools)
    if (cleaning) await removeCreated(cleaning)
  })
}

/** Null where there is no plan: the batch had not written anything yet. */
async function begin(connections: Connections, tools: Tools): Promise<Cleaning | null> {
  const migration = openMigration(connections, tools.job)
  const number = Number(tools.index)
  const batch = await openBatch(migration, number, tools.signal)
  const plan = await findPlan(migration, number, tools.signal)
  return batch && plan && { migration, batch, plan, tools }
}

async function closeAll({ migration, batch, plan, tools }: Cleaning): Promise<void> {
  const recorded = (tools.checkpoint?.uploads ?? []).map(({ i, upload_id }) => ({
    key: batch.targets[i]!,
    id: upload_id,
  }))
  let open = recorded
  for (let round = 0; round < ROUNDS; round += 1) {
    await closeUploads(migration.destination, open, tools.signal)
    open = await ownUploads(migration, { batch, plan }, tools.signal)
    if (open.length === 0) return
  }
  const names = open.slice(0, 3).map(({ key, id }) => `${key} (${id})`)
  throw new Error(`${open.length} multipart uploads are still open: ${names.join(', ')}`)
}

type Kept = { key: string; reason: 'existed before' | 'changed since' | 'no longer at the source' }

async function removeCreated(cleaning: Cleaning): Promise<void> {
  const { migration, batch, tools } = cleaning
  const { ours, kept } = await findCreated(cleaning)
  const gone = await goneFromSource(cleaning, ours)
  const removable = ours.filter((i) => !gone.has(i)).map((i) => batch.targets[i]!)
  await removeObjects(cleaning, removable)
  const last = [...gone].map((i): Kept => ({ key: batch.targets[i]!, reason: 'no longer at the source' }))
  const report = { removed: removable.length, kept: [...kept, ...last] }
  await migration.folder.write(paths.reverted(batch.number), report, tools.signal)
}

/** The last copy of what a move, or anybody else, has deleted at the source is never removed. */
async function goneFromSource({ migration, batch, tools }: Cleaning, ours: number[]): Promise<Set<number>> {
  const keys = ours.map((i) => batch.objects[i]!.key)
  const there = await look(migration.source, keys, tools.signal)
  return new Set(ours.filter((i) => there.get(batch.objects[i]!.key)?.etag !== batch.objects[i]!.etag))
}

/** What this job wrote, by its number in the batch, and what must stay. */
async function findCreated(cleaning: Cleaning): Promise<{ ours: number[]; kept: Kept[] }> {
  const { migration, batch, plan, tools } = cleaning
  const recorded = new Map((await recordedEntries(cleaning)).map((entry) => [entry[0], entry[1]]))
  const seen = await look(migration.destination, batch.targets.filter(Boolean), tools.signal)
  const kept: Kept[] = []
  const ours: number[] = []
  for (const [i, key] of batch.targets.entries()) {
    const found = seen.get(key)
    // a recorded failure wrote nothing here
    if (!found || recorded.get(i) === null) continue
    const question = { object: batch.objects[i]!, seen: found, recorded: recorded.get(i) ?? undefined }
    if (plan.existed.includes(i)) kept.push({ key, reason: 'existed before' })
    else if (isOurs(question, migration.transfer)) ours.push(i)
    else kept.push({ key, reason: 'changed since' })
  }
  return { ours, kept }
}

async function recordedEntries({ migration, batch, tools }: Cleaning): Promise<Entry[]> {
  const result = await migration.folder.find<BatchResult>(paths.result(batch.number), tools.signal)
  if (result) return result.entries
  if (!tools.checkpoint) return []
  return readEntries(migration, { batch: batch.number, state: tools.checkpoint }, tools.signal)
}

async function removeObjects({ migration, tools }: Cleaning, keys: string[]): Promise<void> {
  const { client, bucket } = migration.destination
  for (let at = 0; at < keys.length; at += MAX_DELETES) {
    const Objects = keys.slice(at, at + MAX_DELETES).map((Key) => ({ Key }))
    const command = new DeleteObjectsCommand({ Bucket: bucket, Delete: { Objects, Quiet: true } })
    const { Errors = [] } = await client.send(command, { abortSignal: tools.signal })
    if (Errors[0]) {
      throw new Error(
        `${Errors.length} objects could not be removed, such as ${Errors[0].Key}: ${Errors[0].Message}`,
      )
    }
    // what is gone is seen to be gone by a next attempt: saving only renews the lease
    if (tools.checkpoint) await tools.save(tools.checkpoint)
  }
}
