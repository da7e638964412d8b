import type { HookTools, RunTools } from '#sdk/index.ts'
import type { ListedObject, Summary } from '../batch/batch.ts'
import { batchLimits, MAX_BATCHES } from '../batch/limits.ts'
import { attempt } from '../batch/named-errors.ts'
import type { Connections } from '../store/connections.ts'
import { paths } from '../store/job-folder.ts'
import { destinationKey } from '../store/keys.ts'
import { type Migration, openMigration } from '../store/migration.ts'
import { matches } from './filter.ts'
import { pages } from './source-pages.ts'

/** After the last whole batch; the batch that was open is listed again. */
export type ListCheckpoint = { start_after: string; batches: number; objects: number; bytes: number }

type Tools = RunTools<ListCheckpoint>

export function listObjects(connections: Connections, tools: Tools): Promise<Summary> {
  return attempt(tools.signal, async () => {
    const migration = openMigration(connections, tools.job)
    const closed = await writeManifests(migration, tools)
    const { batches, objects, bytes } = closed ?? { batches: 0, objects: 0, bytes: 0 }
    const summary = { batches: Array.from({ length: batches }, (_, i) => i), objects, bytes }
    await migration.folder.write(paths.summary, summary, tools.signal)
    return summary
  })
}

async function writeManifests(migration: Migration, tools: Tools): Promise<ListCheckpoint | null> {
  let closed = tools.resumeFrom
  let open: ListedObject[] = []
  let bytes = 0
  const close = async () => {
    closed = await closeBatch(migration, { closed, open, bytes }, tools)
    open = []
    bytes = 0
  }
  for await (const page of pages(migration, closed?.start_after ?? null, tools.signal)) {
    for (const object of page.filter((object) => isWanted(migration, object))) {
      const limits = batchLimits(closed?.batches ?? 0)
      const isFull = open.length >= limits.objects || bytes + object.size > limits.bytes
      if (open.length > 0 && isFull) await close()
      open.push(object)
      bytes += object.size
    }
    tools.progress({ done: (closed?.objects ?? 0) + open.length, total: null, unit: 'objects' })
    await tools.checkpoint(closed ?? undefined)
  }
  if (open.length > 0) await close()
  return closed
}

/** The marker of the source's own prefix (`photos/`, empty) has no name at a destination without prefix. */
const isWanted = (migration: Migration, object: ListedObject): boolean =>
  matches(migration.options.filter, object) &&
  !(object.size === 0 && destinationKey(migration, object.key) === '')

type Open = { closed: ListCheckpoint | null; open: ListedObject[]; bytes: number }

async function closeBatch(migration: Migration, { closed, open, bytes }: Open, tools: Tools) {
  const before = closed ?? { batches: 0, objects: 0, bytes: 0 }
  if (before.batches >= MAX_BATCHES) {
    throw new Error(`the source fills more than ${MAX_BATCHES} batches: migrate it prefix by prefix`)
  }
  await migration.folder.write(paths.manifest(before.batches), open, tools.signal)
  return {
    start_after: open.at(-1)!.key,
    batches: before.batches + 1,
    objects: before.objects + open.length,
    bytes: before.bytes + bytes,
  }
}

/** Both hooks: the manifests are all that listing makes. */
export async function removeManifests(
  connections: Connections,
  tools: HookTools<ListCheckpoint, Summary>,
): Promise<void> {
  const { folder } = openMigration(connections, tools.job)
  await folder.removeAll(paths.manifests, tools.signal)
  await folder.removeAll(paths.summary, tools.signal)
}
