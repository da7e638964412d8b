import type { HookTools, RunTools } from '#sdk/index.ts'
import type { ListedObject, Summary } from '../batch/batch.ts'
import { batchLimits, MAX_BATCHES } from '../batch/limits.ts'
import { withNamedErrors } from '../batch/named-errors.ts'
import type { Connections } from '../store/connections.ts'
import { paths } from '../store/job-folder.ts'
import { destinationKey } from '../store/keys.ts'
import { findMigration, type Migration, openMigration } from '../store/migration.ts'
import { MigrationInputError } from '../store/options.ts'
import { StoreError } from '../store/store-error.ts'
import { matches } from './filter.ts'
import { sourcePages } from './source-pages.ts'

/** How far the closed batches reach; a retry lists the objects of the open batch again. */
export type ListCheckpoint = { start_after: string; batches: number; objects: number; bytes: number }

type Tools = RunTools<ListCheckpoint>

/** Pages through the source and cuts what it finds into batches, a manifest for each. */
export function listPages(connections: Connections, tools: Tools): Promise<Summary> {
  return withNamedErrors(tools.signal, async () => {
    const migration = openMigration(connections, tools.job)
    const closed = await writeManifests(migration, tools).catch((error) => refuseUnknownHost(error, tools))
    const { batches, objects, bytes } = closed ?? { batches: 0, objects: 0, bytes: 0 }
    const summary = { batches: Array.from({ length: batches }, (_, i) => i), objects, bytes }
    await migration.folder.write(paths.summary, summary, tools.signal)
    return summary
  })
}

/** So often a name is looked up before it counts as wrong, unless its store has answered this job. */
const LOOK_UPS = 3

function refuseUnknownHost(error: unknown, { attempt, resumeFrom }: Tools): never {
  const isUnknown = error instanceof StoreError && error.name === 'ENOTFOUND'
  if (!isUnknown || attempt < LOOK_UPS || resumeFrom !== null) throw error
  throw new MigrationInputError(`${error.message}: no such host, by ${attempt} look-ups`, { cause: error })
}

async function writeManifests(migration: Migration, tools: Tools): Promise<ListCheckpoint | null> {
  let closed = tools.resumeFrom
  let open: OpenBatch = { objects: [], bytes: 0 }
  const close = async () => {
    closed = await closeBatch(migration, { closed, open }, tools)
    open = { objects: [], bytes: 0 }
  }
  for await (const page of sourcePages(migration, closed?.start_after ?? null, tools.signal)) {
    for (const object of page.filter((object) => isWanted(migration, object))) {
      const limits = batchLimits(closed?.batches ?? 0)
      const isFull = open.objects.length >= limits.objects || open.bytes + object.size > limits.bytes
      if (open.objects.length > 0 && isFull) await close()
      open.objects.push(object)
      open.bytes += object.size
    }
    const done = (closed?.objects ?? 0) + open.objects.length
    tools.progress({ done, total: null, unit: 'objects' })
    await tools.checkpoint(closed ?? undefined)
  }
  if (open.objects.length > 0) await close()
  return closed
}

/**
 * Stores mark a folder by an empty object of its name. Where the source's prefix is that name and the
 * destination has no prefix, nothing is left of the key, and the marker is left out.
 */
const isWanted = (migration: Migration, object: ListedObject): boolean =>
  matches(migration.options.filter, object) &&
  !(object.size === 0 && destinationKey(migration, object.key) === '')

type OpenBatch = { objects: ListedObject[]; bytes: number }

async function closeBatch(
  migration: Migration,
  { closed, open }: { closed: ListCheckpoint | null; open: OpenBatch },
  tools: Tools,
): Promise<ListCheckpoint> {
  const before = closed ?? { batches: 0, objects: 0, bytes: 0 }
  if (before.batches >= MAX_BATCHES) {
    throw new Error(`the source fills more than ${MAX_BATCHES} batches: migrate it prefix by prefix`)
  }
  await migration.folder.write(paths.manifest(before.batches), open.objects, tools.signal)
  return {
    start_after: open.objects.at(-1)!.key,
    batches: before.batches + 1,
    objects: before.objects + open.objects.length,
    bytes: before.bytes + open.bytes,
  }
}

/** Both hooks of the step: the manifests and their summary are all that it makes. */
export async function removeManifests(
  connections: Connections,
  tools: HookTools<ListCheckpoint, Summary>,
): Promise<void> {
  const migration = findMigration(connections, tools.job)
  if (!migration) return
  await migration.folder.removeAll(paths.manifests, tools.signal)
  await migration.folder.removeAll(paths.summary, tools.signal)
}
